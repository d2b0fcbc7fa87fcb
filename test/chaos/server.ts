import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import pg from "pg";

import type { Closers } from "../../src/closers.ts";
import { migrate, startEmbedded } from "../../src/db/index.ts";
import { createLogger } from "../../src/log.ts";

/** A Postgres of our own, with a migrated database to clone. Durable: an acknowledged event must outlive a restart. */
export interface Server {
  /** Another after a restart. */
  port(): number;
  /** @param port - instead of the server's own: of a proxy */
  urlOf(database: string, port?: number): string;
  createDatabase(name: string): Promise<void>;
  dropDatabase(name: string): Promise<void>;
  /** Ends it, `fast` (sessions are thrown out) or `immediate` (as a crash, with recovery), and starts it again. */
  restart(how: "fast" | "immediate"): Promise<void>;
}

const template = "chaos_template";
export const schema = "tally";
const log = createLogger({ level: "fatal" });

export async function startServer(closers: Closers): Promise<Server> {
  const dataDir = await mkdtemp(join(tmpdir(), "tally-chaos-"));
  closers.add("the temporary folder", () => rm(dataDir, { recursive: true, force: true }));
  // mkdtemp makes it 0700, and as root Postgres runs as another user.
  await chmod(dataDir, 0o755);
  let embedded = await startEmbedded({ dataDir, log });
  closers.add("the database", () => embedded.stop());

  function urlOf(database: string, port?: number): string {
    const url = new URL(embedded.url);
    url.pathname = `/${database}`;
    if (port !== undefined) url.port = String(port);
    return url.href;
  }

  const asAdmin = (sql: string) => query(urlOf("postgres"), sql);
  await asAdmin(`create database ${template}`);
  await migrate({ url: urlOf(template), schema, log });

  return {
    port: () => Number(new URL(embedded.url).port),
    urlOf,
    createDatabase: async (name) => {
      await asAdmin(`create database ${name} template ${template}`);
    },
    dropDatabase: async (name) => {
      await asAdmin(`drop database if exists ${name} with (force)`);
    },
    async restart(how) {
      const pidFile = join(dataDir, "postgres", "data", "postmaster.pid");
      process.kill(Number((await readFile(pidFile, "utf8")).split("\n")[0]), how === "fast" ? "SIGINT" : "SIGQUIT");
      while ((await readFile(pidFile, "utf8").catch(() => null)) !== null) await wait(10);
      embedded = await startEmbedded({ dataDir, log });
    },
  };
}

/** One statement on a connection of its own. */
export async function query<Row extends pg.QueryResultRow>(
  url: string,
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, application_name: "chaos", connectionTimeoutMillis: 5_000 });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}
