import { rowsOf, table, type Tables } from "../eventlog/index.ts";
import type { Logger } from "../log.ts";
import type { CallRecord, OnCall } from "../providers/index.ts";
import { createKeeper } from "./keep.ts";

export interface CallJournal {
  /** Notes a call; it is in the table a moment later. */
  onCall: OnCall;
  /** Writes what is left. */
  close(): Promise<void>;
}

export interface CallJournalOptions extends Tables {
  log: Logger;
  /** How long calls are gathered, 100 ms by default: so soon one is to be seen that is under way. */
  delayMs?: number;
}

/** Calls that wait to be written, at most: while the database is away no calls are made, so these are few. */
const waitingMost = 2_000;
const batch = 200;

/**
 * Writes every call into `provider_calls`: when it leaves and again when it is over, in one statement if that was soon. So
 * a process that is killed in a call leaves its row, without an end.
 */
export function createCallJournal({ delayMs = 100, ...options }: CallJournalOptions): CallJournal {
  const { knex, schema, log } = options;
  const waiting = new Map<string, CallRecord>();
  const keeper = createKeeper("provider_calls", write, { log, delayMs });
  let lost = 0;

  async function write(): Promise<void> {
    if (lost > 0) log.warn({ lost }, "journal.calls_lost");
    lost = 0;
    while (waiting.size > 0) {
      const calls = [...waiting.values()].slice(0, batch);
      await rowsOf(knex, insertSql(schema), { calls: JSON.stringify(calls.map(toRow)) });
      // What was told of it since is still to be written.
      for (const call of calls) if (waiting.get(call.id) === call) waiting.delete(call.id);
    }
  }

  return {
    onCall(call) {
      const oldest = waiting.keys().next().value;
      if (waiting.size >= waitingMost && oldest !== undefined && !waiting.has(call.id)) {
        waiting.delete(oldest);
        lost += 1;
      }
      waiting.set(call.id, call);
      keeper.nudge();
    },
    close: () => keeper.close(),
  };
}

/** With how long ago it began, so that its time is by the database's clock, as those of the events are. */
function toRow({ id, at, context, provider, operation, method, path, request, ended }: CallRecord) {
  return {
    id,
    ago: Math.max(0, Date.now() - at),
    channel_id: numberOf(context.channelId),
    effect_id: numberOf(context.effectId),
    attempt: numberOf(context.attempt),
    provider,
    operation,
    method,
    path,
    request,
    host: ended?.host ?? null,
    status: ended?.status ?? null,
    code: ended?.code == null ? null : String(ended.code),
    outcome: ended?.outcome ?? null,
    error: ended?.error ?? null,
    ms: ended?.ms ?? null,
    request_id: ended?.requestId ?? null,
    attempts: ended?.attempts ?? [],
    response: ended?.response ?? null,
  };
}

function numberOf(value: string | number | null | undefined): number | null {
  return typeof value === "number" ? value : null;
}

const ending = ["host", "status", "code", "outcome", "error", "ms", "request_id", "attempts", "response"];
const columns = [
  ...["id", "channel_id", "effect_id", "attempt", "provider", "operation", "method", "path", "request"],
  ...ending,
];

function insertSql(schema: string): string {
  return `insert into ${table(schema, "provider_calls")} as known (at, ${columns.join(", ")})
    select clock_timestamp() - ago * interval '1 millisecond', ${columns.map(valueOf).join(", ")}
    from jsonb_to_recordset(:calls::jsonb) as call(ago double precision, id uuid, channel_id integer, effect_id bigint,
      attempt integer, provider text, operation text, method text, path text, request jsonb, host text, status integer,
      code text, outcome text, error text, ms integer, request_id text, attempts jsonb, response jsonb)
    on conflict (id) do update set ${ending.map((name) => `${name} = excluded.${name}`).join(", ")}
    where known.outcome is null`;
}

/** JSON's null is none. */
function valueOf(column: string): string {
  return column === "request" || column === "response" ? `nullif(${column}, 'null')` : column;
}
