import { randomUUID } from "node:crypto";

import type pg from "pg";

import { connectClient, jobsSchema, MigrationError, pendingMigrations } from "../db/index.ts";
import { quoted, type Tables } from "../eventlog/index.ts";
import type { Logger } from "../log.ts";
import { failed, ok, type Outcome, warning } from "./check.ts";

export interface DatabaseAddress {
  url: string;
  directUrl: string;
  schema: string;
  log: Logger;
}

async function withClient<T>(url: string, log: Logger, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connectClient(url, log);
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Reachable, new enough, and what this user may do there. */
export function checkDatabase({ url, schema, log }: DatabaseAddress): Promise<Outcome> {
  return withClient(url, log, async (client) => {
    const { rows } = await client.query<{ version: string; user: string; missing: string[] }>(rightsSql, [
      [schema, jobsSchema(schema)],
    ]);
    const [{ version, user, missing } = { version: "?", user: "?", missing: [] }] = rows;
    if (missing.length === 0) return ok(`Postgres ${version}, as ${user}`);
    return failed(
      `Postgres ${version}, as ${user}, who may not create tables in ${missing.join(" and ")}`,
      `Have the database's owner run: grant create on database … to ${quoted(user)}; or make the schemas and give them to that user.`,
    );
  });
}

/** A schema that isn't there needs the right to make it, one that is there the right to make tables in it. */
const rightsSql = `
  select current_setting('server_version') as version, current_user as user, coalesce(array_agg(wanted) filter (where not
    case when exists (select from pg_catalog.pg_namespace where nspname = wanted)
      then has_schema_privilege(wanted, 'create') and has_schema_privilege(wanted, 'usage')
      else has_database_privilege(current_database(), 'create') end), '{}') as missing
  from unnest($1::text[]) as wanted`;

/** Really notifies itself: sent as the service sends, heard as it hears, by way of DATABASE_DIRECT_URL. */
export function checkListen({ url, directUrl, log }: DatabaseAddress, signal: AbortSignal): Promise<Outcome> {
  const channel = `tally_doctor_${randomUUID().replaceAll("-", "")}`;
  return withClient(directUrl, log, async (listener) => {
    const heard = new Promise<boolean>((resolve) => {
      listener.on("notification", () => resolve(true));
      const timer = setTimeout(() => resolve(false), hearingMs);
      signal.addEventListener("abort", () => clearTimeout(timer));
    });
    await listener.query(`LISTEN ${quoted(channel)}`);
    await withClient(url, log, (sender) => sender.query("select pg_notify($1, '')", [channel]));
    if (await heard) return ok("a notification came back");
    return failed(
      `a notification didn't come back within ${hearingMs / 1000} s: statuses would be pushed late, or never`,
      "Set DATABASE_DIRECT_URL to a URL of the same database past any transaction pooler.",
    );
  });
}

const hearingMs = 5_000;

export async function checkSchema({ knex, schema }: Tables): Promise<Outcome> {
  try {
    const pending = await pendingMigrations(knex, schema);
    if (pending.length === 0) return ok(`"${schema}" is up to date`);
    return failed(`"${schema}" lacks ${pending.join(", ")}`, 'Run "npm run migrate" (or set MIGRATE_ON_START=true).');
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    return failed(error.message, "Run the version of Tally that migrated it.");
  }
}

/** Our clock against the database's, by which everything is timed. */
export async function databaseClock({ knex }: Pick<Tables, "knex">): Promise<number> {
  const sentAt = Date.now();
  const { rows } = await knex.raw<{ rows: { now: Date }[] }>("select clock_timestamp() as now");
  return (rows[0]?.now.getTime() ?? NaN) - (sentAt + Date.now()) / 2;
}

/** Cloudflare's signature of a video is taken for five minutes (`webhooks/cloudflare/video/authenticate.ts`). */
const breaksMs = 300_000;
const worthALookMs = 30_000;

/**
 * @param clocks - how far each is ahead of ours, milliseconds; null: it didn't say
 */
export function judgeClocks(clocks: Readonly<Record<string, number | null>>): Outcome {
  const known = Object.entries(clocks).flatMap(([name, ms]) => (ms === null ? [] : [{ name, ms }]));
  const words = known.map(({ name, ms }) => `${name} ${seconds(ms)}`).join(", ");
  const most = Math.max(0, ...known.map(({ ms }) => Math.abs(ms)));
  const todo = "Let this machine's clock be set by NTP; if it is, look at the other one.";
  if (known.length === 0) return warning("no other clock could be asked", "See what else isn't reachable.");
  if (most > breaksMs) return failed(`against ours: ${words}; over 5 min signed webhooks are refused`, todo);
  if (most > worthALookMs) return warning(`against ours: ${words}`, todo);
  return ok(`against ours: ${words}`);
}

function seconds(ms: number): string {
  const rounded = Math.round(ms / 1000);
  return `${rounded > 0 ? "+" : ""}${rounded} s`;
}
