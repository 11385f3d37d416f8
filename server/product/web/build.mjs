// Builds the pages: build.mjs FOLDER OUT. FOLDER has these sources, docs/openapi.json as openapi.json and, in itself or above,
// the node_modules of package-lock.json. The same sources give the same bytes, wherever FOLDER is.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import zlib from "node:zlib";

const [folder, out] = process.argv.slice(2).map((one) => path.resolve(one));
const load = createRequire(path.join(folder, "package.json"));
const tool = (name) => load.resolve(name);
const run = (script, ...words) => execFileSync(process.execPath, [script, ...words], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });

const modules = path.dirname(path.dirname(path.dirname(tool("vite/package.json"))));
run(path.join(modules, "node_modules/openapi-typescript/bin/cli.js"), "openapi.json", "-o", "src/contract.d.ts");
try {
  execFileSync(process.execPath, [tool("typescript/bin/tsc"), "-p", folder], { cwd: folder, stdio: "inherit" });
} catch {
  console.error("the pages have errors of types; see above");
  process.exit(1);
}

const vite = await import(pathToFileURL(path.join(modules, "node_modules/vite/dist/node/index.js")));
fs.rmSync(out, { recursive: true, force: true });
// Each page by itself, so that what people load does not grow with what operators see. The licences are those of the first: the
// other one takes a part of its packages.
for (const [page, license] of [["index.html", { fileName: "licenses.md" }], ["status.html", false]]) {
  await vite.build({
    root: folder,
    configFile: false,
    logLevel: "warn",
    build: {
      outDir: out,
      emptyOutDir: false,
      target: "es2022",
      cssCodeSplit: false,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      license,
      rollupOptions: { input: path.join(folder, page) },
    },
  });
}
const cards = await import(pathToFileURL(path.join(folder, "src/cards.ts")));
fs.writeFileSync(path.join(out, "cards.svg"), cards.cards_svg());

// What browsers fetch by a name with a hash is compressed once, here.
const assets = path.join(out, "assets");
for (const name of fs.readdirSync(assets)) {
  const bytes = fs.readFileSync(path.join(assets, name));
  fs.writeFileSync(path.join(assets, `${name}.gz`), zlib.gzipSync(bytes, { level: 9 }));
  fs.writeFileSync(path.join(assets, `${name}.br`), zlib.brotliCompressSync(bytes, {
    params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  }));
}
