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
  const wanted = sessions.all().sort((a, b) => a.number - b.number);
  const numbers: number[] = [];
  for (let at = 0; at === 0 || at < wanted.length; at += recordsMost) {
    const rows = toRecords(channelId, wanted.slice(at, at + recordsMost));
    const range = { from: at === 0 ? 0 : wanted[at]?.number, until: wanted[at + recordsMost]?.number ?? null };
    numbers.push(...(await differingIn(trx, schema, { channelId, rows, ...range })));
  }
  const described = numbers.slice(0, describedMost);
  const changes = await changesIn(trx, schema, channelId, sessions, described);
  return { numbers, changes };
}

/** Compares one page of them with what is stored in its range; that may hold some that should not be there. */
async function differingIn(trx: Knex.Transaction, schema: string, values: Record<string, unknown>): Promise<number[]> {
  const of = (name: string) => sessionColumns.map((column) => `${name}.${column}`).join(", ");
  const found = await rowsOf<{ number: number }>(
    trx,
    `select coalesce(s.number, h.number) as number
     from (select ${sessionColumns.join(", ")} from ${table(schema, "sessions")}
       where channel_id = :channelId and number >= :from and (:until::integer is null or number < :until)) h
     full join ${sessionRecords} on s.number = h.number
     where (${of("h")}) is distinct from (${of("s")}) order by 1`,
    values,
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
