import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import pg from "pg";

import type { Logger } from "../../log.ts";
import { DatabaseUnavailable } from "../database-unavailable.ts";
import { findBinaries } from "./binaries.ts";
import { type Cluster, dataIn, openCluster, superuser } from "./cluster.ts";
import { findPostmaster, launch, type Postmaster, shutDown } from "./postmaster.ts";
import { embeddedFailure } from "./reason.ts";
import { systemUser } from "./system-user.ts";

/** The embedded Postgres, in use by this process. */
export interface Embedded {
  /** A direct URL of the database `tally`. */
  url: string;
  /** Ends this process's use; the last user stops the server. Call it after everything that uses the database. */
  stop: () => Promise<void>;
}

/**
 * Starts the Postgres of a data folder, or joins the one that runs there already.
 *
 * Each process that uses it holds a shared advisory lock in it until `stop`, and a server is stopped only by whoever
 * gets that lock alone. So a service may start while a command is running its own server, and the other way round: the
 * last one turns it off. A killed process holds no lock, and leaves the server to whoever comes next.
 *
 * @param options.dataDir - the service's data folder; the database is in its `postgres` folder
 * @param options.durable - false gives up safety against power failure for speed: for tests
 * @throws {DatabaseUnavailable} if it can't be started; the message says what to do
 */
export async function startEmbedded(options: { dataDir: string; log: Logger; durable?: boolean }): Promise<Embedded> {
  const { dataDir, log, durable = true } = options;
  const user = await systemUser(dataIn(dataDir), log);
  const binaries = await findBinaries(user, log);
  const cluster = await openCluster({ dataDir, binaries, user, durable, log });
  const { membership, postmaster } = await enter(cluster, () => launch(cluster, { binaries, user, durable }), log);
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= leave(cluster, postmaster, membership, log));
  try {
    await ensureDatabase(membership);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: urlOf(cluster, postmaster, databaseName), stop };
}

type Launch = () => ReturnType<typeof launch>;

/** Recovery after a crash replays the log since the last checkpoint, at most five minutes of writes. */
const patienceMs = 120_000;

async function enter(
  cluster: Cluster,
  launchServer: Launch,
  log: Logger,
): Promise<{ membership: pg.Client; postmaster: Postmaster }> {
  let server: Awaited<ReturnType<Launch>> | null = null;
  let output = "no connection in two minutes";
  for (const until = Date.now() + patienceMs; Date.now() < until;) {
    const postmaster = await findPostmaster(cluster);
    const membership = postmaster === null ? null : await becomeMember(cluster, postmaster, log);
    if (postmaster !== null && membership !== null) {
      log.info(
        { ...facts(postmaster), data: cluster.data },
        server === null ? "db.embedded_joined" : "db.embedded_started",
      );
      return { membership, postmaster };
    }
    if (postmaster === null) server ??= await launchServer();
    // Nothing signals that another process's server is ready, so this asks again; our own child's end is a signal.
    const ended = await Promise.race([delay(20, null), ...(server === null ? [] : [server.exited])]);
    if (ended === null) continue;
    server = null;
    output = ended.trim();
    if (!isPassing(output)) break;
    await delay(100);
  }
  server?.kill();
  const failure = embeddedFailure("The embedded database does not start", output, dirname(cluster.serverLog));
  throw new DatabaseUnavailable(`${failure} Its messages are in ${cluster.serverLog}.`);
}

/** Another process started the same cluster, took the port, or was killed and its last sessions are still ending. */
function isPassing(output: string): boolean {
  return /lock file "postmaster.pid" already exists|could not create any TCP\/IP sockets|pre-existing shared memory block/.test(
    output,
  );
}

/** Any number; nobody else takes advisory locks in that server's database `postgres`. */
const membershipKey = 1;

/** @returns the session that holds the lock, or null if the server is not ready, or ending */
async function becomeMember(cluster: Cluster, postmaster: Postmaster, log: Logger): Promise<pg.Client | null> {
  const client = maintenanceClient(cluster, postmaster);
  client.on("error", (error) => log.warn({ err: error }, "db.embedded_connection_lost"));
  try {
    await client.connect();
    await client.query("select pg_advisory_lock_shared($1)", [membershipKey]);
    return client;
  } catch (error) {
    await client.end();
    const { code, message } = error as { code?: unknown; message: string };
    // Class 28, invalid authorization, is nothing that waiting changes.
    if (typeof code !== "string" || !code.startsWith("28")) return null;
    throw new DatabaseUnavailable(
      `The embedded database in ${cluster.data} refuses the password that is kept beside it: ${message}. ` +
        "Restore that file, or move the folder away to start with an empty database.",
      { cause: error },
    );
  }
}

async function ensureDatabase(client: pg.Client): Promise<void> {
  const found = await client.query("select from pg_database where datname = $1", [databaseName]);
  if (found.rowCount !== 0) return;
  try {
    await client.query(`create database ${databaseName}`);
  } catch (error) {
    // duplicate_database or unique_violation: another process made it in the meantime.
    const { code } = error as { code?: unknown };
    if (code !== "42P04" && code !== "23505") throw error;
  }
}

async function leave(cluster: Cluster, postmaster: Postmaster, membership: pg.Client, log: Logger): Promise<void> {
  await membership.end();
  const client = maintenanceClient(cluster, postmaster);
  // Its own shutdown ends this session too.
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    log.warn({ err: error, ...facts(postmaster) }, "db.embedded_gone");
    return;
  }
  const { rows } = await client.query<{ alone: boolean }>("select pg_try_advisory_lock($1) as alone", [membershipKey]);
  // The lock is held until the server is gone: whoever joins now waits for it, is thrown out, and starts a new server.
  if (rows[0]?.alone === true) await shutDown(cluster, postmaster);
  await client.end();
  log.info(facts(postmaster), rows[0]?.alone === true ? "db.embedded_stopped" : "db.embedded_left");
}

/** For log lines, where `pid` is the service's own. */
function facts({ pid, port }: Postmaster) {
  return { serverPid: pid, port };
}

const databaseName = "tally";

function maintenanceClient(cluster: Cluster, postmaster: Postmaster): pg.Client {
  return new pg.Client({
    connectionString: urlOf(cluster, postmaster, "postgres"),
    application_name: "tally embedded",
    connectionTimeoutMillis: 5_000,
  });
}

function urlOf({ password }: Cluster, { port }: Postmaster, database: string): string {
  return `postgres://${superuser}:${password}@127.0.0.1:${port}/${database}`;
}
