// How soon the first page is painted, beside an empty page of the same size: as many bytes in as many files, all comments.
// In turns, each time with an empty cache. Prints "page <median ms> <rounds>" and "empty <median ms> <rounds>".
import { fork } from "node:child_process";
import path from "node:path";

import { launch } from "./support.mjs";

const base = process.env.PAGES_URL;
const rounds = Number(process.env.PAGES_ROUNDS ?? 21);

/// As the browser gets it: the page, and the files that it names.
async function bytes_of(url) {
  const reply = await fetch(url, { headers: { "Accept-Encoding": "br" } });
  return { type: reply.headers.get("content-type"), length: Number(reply.headers.get("content-length")), text: await reply.text() };
}

const filler = (length) => Array.from({ length: Math.max(0, length) }, () => "abcdefghijklmnopqrstuvwxyz "[Math.floor(Math.random() * 27)]).join("");

async function empty_site() {
  const page = await bytes_of(base);
  const files = new Map();
  for (const [, path] of page.text.matchAll(/(?:src|href)="(\/assets\/[^"]+\.(?:js|css))"/g)) {
    const { type, length } = await bytes_of(base + path);
    files.set(path, { type, body: `/*${filler(length - 4)}*/` });
  }
  const tags = [...files.keys()].map((path) =>
    path.endsWith(".js") ? `<script type="module" src="${path}"></script>` : `<link rel="stylesheet" href="${path}">`);
  const html = `<!doctype html><html lang="en"><title>x</title>${tags.join("")}<body>x</body>`;
  files.set("/", { type: page.type, body: `${html}<!--${filler(page.length - html.length - 7)}-->` });
  // A process of its own, as the service is.
  const server = fork(path.join(import.meta.dirname, "empty-site.mjs"));
  server.send([...files]);
  const port = await new Promise((done) => server.once("message", done));
  return { url: `http://127.0.0.1:${port}/`, close: () => server.kill() };
}

const browser = await launch();
const server = await empty_site();
const sites = { page: base, empty: server.url };

async function first_paint(url) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url, { waitUntil: "load" });
  const ms = await page.evaluate(() => new Promise((done) => {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (entry.name === "first-paint") done(entry.startTime);
    }).observe({ type: "paint", buffered: true });
    setTimeout(() => done(NaN), 10_000);
  }));
  await context.close();
  if (Number.isNaN(ms)) throw new Error(`${url} was not painted in 10 s`);
  return ms;
}

const times = { page: [], empty: [] };
for (const url of Object.values(sites)) await first_paint(url);
for (let round = 0; round < rounds; ++round) {
  for (const name of round % 2 ? ["empty", "page"] : ["page", "empty"]) times[name].push(await first_paint(sites[name]));
}
for (const [name, all] of Object.entries(times)) {
  all.sort((a, b) => a - b);
  console.log(`${name} ${all[Math.floor(all.length / 2)].toFixed(1)} ${all.length}`);
}
await browser.close();
server.close();
