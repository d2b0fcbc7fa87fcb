import pg from "pg";

import { databaseUrlForPeople } from "../config/index.ts";
import type { Logger } from "../log.ts";
import { reasonOf } from "../reason-of.ts";
import { adviceOn, isRefusal } from "./advice.ts";
import { DatabaseUnavailable } from "./database-unavailable.ts";

/**
 * A session of its own, for what a pool's connections can't be used for: LISTEN, and advisory locks that last as long as
 * the session. It may wait without limit; a loss is logged, and ends it.
 *
 * @param url - a direct URL, past any transaction pooler
 * @throws {DatabaseUnavailable} if it isn't connected within 5 s, or the server is too old
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
    await assertNewEnough(client, url);
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    if (error instanceof DatabaseUnavailable) throw error;
    const what = isRefusal(error) ? "can't be used" : "can't be reached";
    throw new DatabaseUnavailable(
      `The database at ${databaseUrlForPeople(url)} ${what}: ${reasonOf(error)}. ${adviceOn(error)}`,
      { cause: error },
    );
  }
}

/** What graphile-worker 0.17 needs, and then enough for our own statements. */
const oldestMajor = 12;

async function assertNewEnough(client: pg.Client, url: string): Promise<void> {
  const { rows } = await client.query<{ server_version_num: string }>("show server_version_num");
  const major = Math.floor(Number(rows[0]?.server_version_num) / 10_000);
  if (major >= oldestMajor) return;
  throw new DatabaseUnavailable(
    `The database at ${databaseUrlForPeople(url)} is Postgres ${major}, and Tally needs ${oldestMajor} or newer. ` +
      "Upgrade it, or point DATABASE_URL elsewhere.",
  );
}
