import pg from "pg";

import { databaseUrlForPeople } from "../config/index.ts";
import type { Logger } from "../log.ts";
import { DatabaseUnavailable } from "./database-unavailable.ts";

/**
 * A session of its own, for what a pool's connections can't be used for: LISTEN, and advisory locks that last as long as
 * the session. It may wait without limit; a loss is logged, and ends it.
 *
 * @param url - a direct URL, past any transaction pooler
 * @throws {DatabaseUnavailable} if it isn't connected within 5 s
 */
export async function connectClient(url: string, log: Logger): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: "tally",
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
  client.on("error", (error) => log.warn({ err: error }, "db.connection_lost"));
  try {
    await client.connect();
    return client;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DatabaseUnavailable(
      `The database at ${databaseUrlForPeople(url)} can't be reached: ${reason}. ` +
        "Check that it runs, and DATABASE_URL (and DATABASE_DIRECT_URL, if set).",
      { cause: error },
    );
  }
}
