import type { Knex } from "knex";

import { rowsOf, table } from "../../eventlog/index.ts";
import type { Effect } from "../../live/index.ts";
import type { TraceContext } from "../../traces/index.ts";

/** An effect that an attempt was begun at. */
export interface EffectRow {
  id: number;
  channelId: number;
  /** Id of the decision's event: what happened for this effect has a greater one. */
  eventId: number;
  effect: Effect;
  attempts: number;
  /** What decided it, if that was traced. */
  trace: TraceContext | null;
}

export type ClosedStatus = "succeeded" | "failed" | "cancelled" | "dead";

/** Counts an attempt at an effect and returns it; null if it is closed, or there is none. */
export async function beginAttempt(db: Knex, schema: string, effectId: number): Promise<EffectRow | null> {
  const [row] = await rowsOf<EffectRow>(
    db,
    `update ${table(schema, "effects")} set attempts = attempts + 1 where id = :effectId and status = 'open'
     returning id, channel_id as "channelId", event_id as "eventId", payload as effect, attempts,
       (select trace from ${table(schema, "events")} where id = event_id) as trace`,
    { effectId },
  );
  return row ?? null;
}

/** Closes an effect, unless something closed it before. */
export async function closeEffect(
  db: Knex,
  schema: string,
  effectId: number,
  status: ClosedStatus,
  error: string | null,
): Promise<void> {
  await rowsOf(
    db,
    `update ${table(schema, "effects")} set status = :status, error = :error, finished_at = clock_timestamp()
     where id = :effectId and status = 'open'`,
    { effectId, status, error },
  );
}

/** A resource is good for 5 minutes (Agora docs: acquire); less the longest call. */
const resourceSeconds = 5 * 60 - 10;

/** The newest resource that was acquired for an effect and can still be started. */
export async function freshResource(db: Knex, schema: string, row: EffectRow): Promise<string | null> {
  return acquiredResource(
    db,
    schema,
    row,
    `and received_at > clock_timestamp() - interval '${resourceSeconds} seconds'`,
  );
}

/** The newest resource that was acquired for an effect, fresh or not. */
export async function acquiredResource(
  db: Knex,
  schema: string,
  { channelId, eventId, effect }: EffectRow,
  condition = "",
): Promise<string | null> {
  if (effect.type !== "StartRelay") return null;
  const [event] = await rowsOf<{ resourceId: string }>(
    db,
    `select payload ->> 'resourceId' as "resourceId" from ${table(schema, "events")}
     where channel_id = :channelId and id > :eventId and type = 'RecorderAcquired'
       and (payload ->> 'session')::integer = :session and (payload ->> 'attempt')::integer = :attempt ${condition}
     order by id desc limit 1`,
    { channelId, eventId, session: effect.session, attempt: effect.attempt },
  );
  return event?.resourceId ?? null;
}
