import type { Knex } from "knex";

import { rowsOf, table } from "../eventlog/index.ts";
import { sessionId } from "../live/index.ts";
import type { ReplayChange, Scalar } from "./replay-changes.ts";
import { recordsMost, sessionColumns, sessionRecords, toRecords } from "./session-records.ts";
import type { Sessions } from "./sessions.ts";

export interface DifferingSessions {
  /** Numbers of all of them. */
  numbers: number[];
  /** What of the first of them is otherwise. */
  changes: ReplayChange[];
}

/** Sessions of which it is said what differs; the others are counted. */
const describedMost = 20;

/** Compares a channel's stored sessions with what they should be. The database compares, so that it is what it would store. */
export async function differingSessions(
  trx: Knex.Transaction,
  schema: string,
  channelId: number,
  sessions: Sessions,
): Promise<DifferingSessions> {
  const wanted = sessions.all();
  const numbers = await superfluous(trx, schema, channelId, sessions);
  for (let at = 0; at < wanted.length; at += recordsMost) {
    const rows = toRecords(channelId, wanted.slice(at, at + recordsMost));
    numbers.push(...(await otherwise(trx, schema, channelId, rows)));
  }
  numbers.sort((a, b) => a - b);
  const described = numbers.slice(0, describedMost);
  const changes = await changesIn(trx, schema, channelId, sessions, described);
  return { numbers, changes };
}

/** Sessions that there should not be. */
async function superfluous(
  trx: Knex.Transaction,
  schema: string,
  channelId: number,
  sessions: Sessions,
): Promise<number[]> {
  const sql = `select number from ${table(schema, "sessions")} where channel_id = :channelId`;
  const stored = await rowsOf<{ number: number }>(trx, sql, { channelId });
  return stored.map(({ number }) => number).filter((number) => sessions.get(number) === undefined);
}

async function otherwise(trx: Knex.Transaction, schema: string, channelId: number, rows: string): Promise<number[]> {
  const of = (name: string) => sessionColumns.map((column) => `${name}.${column}`).join(", ");
  const found = await rowsOf<{ number: number }>(
    trx,
    `select s.number from ${sessionRecords}
     left join ${table(schema, "sessions")} h on h.channel_id = :channelId and h.number = s.number
     where (${of("h")}) is distinct from (${of("s")})`,
    { channelId, rows },
  );
  return found.map(({ number }) => number);
}

type Columns = Record<string, unknown> | null;

async function changesIn(
  trx: Knex.Transaction,
  schema: string,
  channelId: number,
  sessions: Sessions,
  numbers: number[],
): Promise<ReplayChange[]> {
  if (numbers.length === 0) return [];
  const rows = toRecords(
    channelId,
    numbers.flatMap((number) => sessions.get(number) ?? []),
  );
  const found = await rowsOf<{ number: number; before: Columns; after: Columns }>(
    trx,
    `select n.number, to_jsonb(h) as before, to_jsonb(s) as after
     from unnest(:numbers::integer[]) n (number)
     left join (select ${sessionColumns.join(", ")} from ${table(schema, "sessions")}
       where channel_id = :channelId and number = any(:numbers::integer[])) h on h.number = n.number
     left join ${sessionRecords} on s.number = n.number
     order by n.number`,
    { channelId, numbers, rows },
  );
  return found.flatMap(({ number, before, after }) =>
    changesOf(`session ${sessionId(channelId, number)}`, before, after),
  );
}

function changesOf(path: string, before: Columns, after: Columns): ReplayChange[] {
  if (before === null || after === null) return [{ path, before: openedOf(before), after: openedOf(after) }];
  return Object.keys(after)
    .map((name) => ({ path: `${path} ${name}`, before: scalar(before[name]), after: scalar(after[name]) }))
    .filter((change) => change.before !== change.after);
}

function openedOf(columns: Columns): Scalar {
  return columns === null ? null : `opened at ${String(columns.opened_at)}`;
}

/** Both sides come from the database, which writes the members of an object in one order. */
function scalar(value: unknown): Scalar {
  if (typeof value === "object" && value !== null) return JSON.stringify(value, withoutLinks);
  return (value ?? null) as Scalar;
}

/** Those that are stored play only once they are signed. */
function withoutLinks(name: string, value: unknown): unknown {
  return name === "hls" || name === "dash" || name === "thumbnail" ? undefined : value;
}
