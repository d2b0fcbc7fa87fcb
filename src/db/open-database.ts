import type { DatabaseConfig } from "../config/index.ts";
import type { Logger } from "../log.ts";
import { connectClient } from "./connect-client.ts";
import { createDatabase, type Database } from "./connection.ts";
import { type Embedded, startEmbedded } from "./embedded/index.ts";
import { assertMigrated, migrate } from "./migrate.ts";

/** The service's database, at the schema of this code. */
export interface OpenDatabase extends Database {
  /** For statements and transactions; maybe through a transaction pooler. */
  url: string;
  /** Past any pooler: for LISTEN, for the job library and for advisory locks of a session. */
  directUrl: string;
  embedded: boolean;
  /** Closes the pool, then leaves the embedded server, which stops if nobody else uses it. Call it last. */
  close: () => Promise<void>;
}

/**
 * Opens the configured database, or starts the embedded one. The embedded one is always migrated; another if
 * `MIGRATE_ON_START`, else it must be up to date.
 *
 * @param deps.stopping - aborted when it isn't wanted any more
 * @throws {MigrationError} if the schema is behind or ahead, or a migration fails
 * @throws {DatabaseUnavailable} if it can't be connected, or the embedded one can't be started
 */
export async function openDatabase(
  config: DatabaseConfig,
  deps: { log: Logger; stopping?: AbortSignal },
): Promise<OpenDatabase> {
  const { log, stopping } = deps;
  const { schema, poolMax } = config.database;
  const { url, directUrl, embedded } = await locateDatabase(config, log);
  const database = createDatabase({ url, schema, poolMax, log, bounded: url === directUrl });
  const close = async () => {
    await database.close();
    await embedded?.stop();
  };
  try {
    if (embedded !== null || config.migrateOnStart) await migrate({ url: directUrl, schema, log, stopping });
    // Also after a migration: this way may lead through a pooler, and must lead to the same database.
    await (await connectClient(url, log)).end();
    await assertMigrated(database.knex, schema);
  } catch (error) {
    await close();
    throw error;
  }
  return { ...database, url, directUrl, embedded: embedded !== null, close };
}

/** The configured URLs, or those of the embedded database, which then runs until it is stopped. */
export async function locateDatabase(
  { database, dataDir }: DatabaseConfig,
  log: Logger,
): Promise<{ url: string; directUrl: string; embedded: Embedded | null }> {
  if (database.url !== null) {
    return { url: database.url, directUrl: database.directUrl ?? database.url, embedded: null };
  }
  const embedded = await startEmbedded({ dataDir, log });
  return { url: embedded.url, directUrl: embedded.url, embedded };
}
