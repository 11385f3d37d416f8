// drizzle-orm's migrator over a folder of our files, in its own journal format. node drizzle.mjs FOLDER
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";

const source = process.argv[2];
const folder = `${source}.drizzle`;
if (!existsSync(folder)) {
  mkdirSync(join(folder, "meta"), { recursive: true });
  const names = readdirSync(source).sort();
  names.forEach((name) => writeFileSync(join(folder, name), readFileSync(join(source, name), "utf8").split("-- migrate:down")[0]));
  const entries = names.map((name, idx) => ({ idx, version: "7", when: 1700000000000 + idx, tag: basename(name, ".sql"), breakpoints: true }));
  writeFileSync(join(folder, "meta", "_journal.json"), JSON.stringify({ version: "7", dialect: "postgresql", entries }));
}
const client = new pg.Client(process.env.DATABASE_URL);
await client.connect();
await migrate(drizzle(client), { migrationsFolder: folder });
await client.end();
