// node-pg-migrate over a folder of our files, in its own format. node node-pg-migrate.mjs FOLDER
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runner } from "node-pg-migrate";

const source = process.argv[2];
const folder = `${source}.node-pg-migrate`;
if (!existsSync(folder)) {
  mkdirSync(folder);
  for (const name of readdirSync(source)) {
    const text = readFileSync(join(source, name), "utf8");
    writeFileSync(join(folder, name), text.replace("-- migrate:up", "-- Up Migration").replace("-- migrate:down", "-- Down Migration"));
  }
}
await runner({ databaseUrl: process.env.DATABASE_URL, dir: folder, direction: "up", migrationsTable: "pgmigrations", log: () => {} });
