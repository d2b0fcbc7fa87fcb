import type { Knex } from "knex";

import { loadDatabaseConfig } from "./src/config/index.ts";
import { migrationSource } from "./src/db/migration-source.ts";

const { database } = loadDatabaseConfig(process.env);

/**
 * For the knex command, after a build and with DATABASE_URL set: `npx knex --knexfile dist/knexfile.js migrate:list`.
 * To migrate use `npm run migrate`, which also brings the job library's tables and lets one process at a time.
 */
const config: Knex.Config & { userParams: object } = {
  client: "pg",
  connection: () => {
    const connectionString = database.directUrl ?? database.url;
    if (connectionString === null) throw new Error("Set DATABASE_URL to the database that knex is to look at");
    return { connectionString };
  },
  migrations: { migrationSource, schemaName: database.schema, tableName: "migrations" },
  userParams: { schema: database.schema },
};
export default config;
