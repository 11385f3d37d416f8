// Writes what .railway/railway.ts describes as JSON, for the rehearsal of deploys: as it is, and with the example for the
// pooler in use. Usage: write_graphs FOLDER
import fs from "node:fs";
import path from "node:path";

import { evaluate, with_examples } from "./graph.mjs";
import { in_folder, read } from "./support.mjs";

async function write(target, script) {
  const { partial, project, faults } = await in_folder((folder) => {
    const file = path.join(folder, "railway.ts");
    fs.writeFileSync(file, script);
    return evaluate(file);
  });
  if (faults.length > 0) throw new Error(`.railway/railway.ts: ${faults.join("; ")}`);
  fs.writeFileSync(target, `${JSON.stringify({ partial, project }, null, 1)}\n`);
}

const folder = process.argv[2];
const script = read(".railway/railway.ts");
fs.mkdirSync(folder, { recursive: true });
await write(path.join(folder, "railway.graph.json"), script);
await write(path.join(folder, "railway.pooled.graph.json"), with_examples(script, "DATABASE_UNPOOLED_URL", "import {"));
