// Serves the files that its parent sends, for first-paint.mjs.
import http from "node:http";

process.once("message", (list) => {
  const files = new Map(list);
  const server = http.createServer((request, reply) => {
    const file = files.get(request.url);
    if (!file) return reply.writeHead(404).end();
    reply.writeHead(200, { "Content-Type": file.type, "Content-Length": Buffer.byteLength(file.body) }).end(file.body);
  });
  server.listen(0, "127.0.0.1", () => process.send(server.address().port));
});
