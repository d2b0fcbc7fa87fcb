export { connectClient } from "./connect-client.ts";
export { createDatabase, createPool, type Database } from "./connection.ts";
export { DatabaseUnavailable } from "./database-unavailable.ts";
export { type Embedded, startEmbedded } from "./embedded/index.ts";
export { jobLogger } from "./job-logger.ts";
export { assertMigrated, jobsSchema, migrate, MigrationError, pendingMigrations } from "./migrate.ts";
export { locateDatabase, type OpenDatabase, openDatabase } from "./open-database.ts";
export type * from "./rows.ts";
