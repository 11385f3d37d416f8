// The minimum of Node: its own HTTP server and one path.
import { createServer } from "node:http";

const body = JSON.stringify({ status: "ok" });
createServer((request, response) => {
  response.writeHead(200, { "Content-Type": "application/json", "Content-Length": body.length });
  response.end(body);
}).listen(Number(process.env.PORT), "127.0.0.1");
