// The migrator of drizzle-orm, or of drizzle-orm-1, over a folder as it is. node drizzle-migrate.mjs MODULE FOLDER
import pg from "pg";

const [module, migrationsFolder] = process.argv.slice(2);
const { drizzle } = await import(`${module}/node-postgres`);
const { migrate } = await import(`${module}/node-postgres/migrator`);
const client = new pg.Client(process.env.DATABASE_URL);
await client.connect();
await migrate(module === "drizzle-orm" ? drizzle(client) : drizzle({ client }), { migrationsFolder });
await client.end();
