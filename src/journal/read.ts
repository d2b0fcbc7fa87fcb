import { rowsOf, table, type Tables } from "../eventlog/index.ts";
import type { Refused } from "./refusals.ts";

/** A call as it is shown. */
export interface StoredCall {
  id: string;
  at: Date;
  channelId: number | null;
  effectId: number | null;
  /** Of the effect. */
  attempt: number | null;
  provider: "agora" | "cloudflare" | "storage";
  operation: string;
  method: string;
  path: string;
  host: string | null;
  status: number | null;
  code: string | null;
  /** Null: it has not ended, or its process was killed in it. */
  outcome: string | null;
  error: string | null;
  ms: number | null;
  /** By which the provider's support finds it. */
  requestId: string | null;
  /** Each exchange, if there were several. */
  attempts: { host: string; ms: number; outcome: number | string }[];
  request: unknown;
  response: unknown;
}

/** Which calls: those of any of these effects, and those of a channel in a span of time. */
export interface CallFilter {
  effectIds: readonly number[];
  span?: { channelId: number; from: Date; to: Date };
  limit: number;
}

/** The calls that fit, the oldest first. */
export function listCalls({ knex, schema }: Tables, { effectIds, span, limit }: CallFilter): Promise<StoredCall[]> {
  return rowsOf<StoredCall>(
    knex,
    `select id, at, channel_id as "channelId", effect_id as "effectId", attempt, provider, operation, method, path, host,
       status, code, outcome, error, ms, request_id as "requestId", attempts, request, response
     from ${table(schema, "provider_calls")}
     where effect_id = any(:effectIds)
       ${span === undefined ? "" : "or (channel_id = :channelId and at >= :from and at <= :to)"}
     order by at, id limit :limit`,
    { effectIds, ...span, limit },
  );
}

/** How many deliveries were refused in a row of minutes, for one reason. */
export interface RefusalCount extends Refused {
  /** The begin of the first minute. */
  from: Date;
  /** The end of the last minute. */
  to: Date;
  count: number;
}

/** What was refused in a span of time, by address and reason; minutes without a gap of more than five are one. */
export async function listRefusals({ knex, schema }: Tables, from: Date, to: Date): Promise<RefusalCount[]> {
  return rowsOf<RefusalCount>(
    knex,
    `select source, door, why, min(minute) as "from", max(minute) + interval '1 minute' as "to", sum(count)::integer as count
     from (
       select *, sum(is_new) over (partition by door, why order by minute) as run
       from (
         select *, (minute > lag(minute, 1, '-infinity') over (partition by door, why order by minute)
           + interval '5 minutes')::integer as is_new
         from ${table(schema, "refusals")}
         where minute > cast(:from as timestamptz) - interval '1 minute' and minute <= :to
       ) as marked
     ) as runs
     group by source, door, why, run order by "from", door, why limit 1000`,
    { from, to },
  );
}

/** A call as it is answered: times as text. */
export type CallItem = Omit<StoredCall, "id" | "channelId" | "effectId" | "at"> & { at: string };

export function toCallItem({ id: _, channelId: __, effectId: ___, at, ...call }: StoredCall): CallItem {
  return { at: at.toISOString(), ...call };
}
