// A registry of npm's with nothing but the packages of one folder, to install them before they are published: what npm asks
// for, a package's description and its file. Usage: registry.mjs FOLDER PORT
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";

const [folder, port] = process.argv.slice(2);
const address = `http://127.0.0.1:${port}`;

const packages = new Map();
for (const file of fs.readdirSync(folder).filter((name) => name.endsWith(".tgz"))) {
  const bytes = fs.readFileSync(path.join(folder, file));
  const read = ["-xzOf", path.join(folder, file), "package/package.json"];
  const manifest = JSON.parse(execFileSync("tar", read, { encoding: "utf8" }));
  const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
  manifest.dist = { tarball: `${address}/${manifest.name}/-/${file}`, integrity };
  packages.set(`/${manifest.name}`, {
    type: "application/json",
    body: JSON.stringify({
      name: manifest.name,
      "dist-tags": { latest: manifest.version },
      versions: { [manifest.version]: manifest },
    }),
  });
  packages.set(`/${manifest.name}/-/${file}`, { type: "application/octet-stream", body: bytes });
}

http
  .createServer((request, response) => {
    const found = packages.get(decodeURIComponent(new URL(request.url, address).pathname));
    response.writeHead(found ? 200 : 404, { "content-type": found?.type ?? "application/json" });
    response.end(found?.body ?? "{}");
  })
  .listen(Number(port), "127.0.0.1");
