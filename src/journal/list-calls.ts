import { rowsOf, table, type Tables } from "../eventlog/index.ts";

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

/** A call as it is answered: times as text. */
export type CallItem = Omit<StoredCall, "id" | "channelId" | "effectId" | "at"> & { at: string };

export function toCallItem({ id: _, channelId: __, effectId: ___, at, ...call }: StoredCall): CallItem {
  return { at: at.toISOString(), ...call };
}
