import { rowsOf, table, type Tables } from "../eventlog/index.ts";
import type { EffectType } from "../live/index.ts";

/** The first call of an effect. */
export interface AwaitedCall {
  effectId: number;
  /** When it left, by `performance.now()`. */
  at: number;
}

/** What somebody waits for. Others wait on purpose. */
const awaited: readonly EffectType[] = [
  "EnsureLiveInput",
  "StartRelay",
  "StopRecorder",
  "RepointRecorder",
  "ArrangeHosts",
];

/**
 * How long it took from a webhook to this call: the oldest of the webhooks that were folded together when it was decided.
 * Both ends by the database's clock, since the webhook may have come in elsewhere.
 *
 * @returns null if the call is none that a webhook led to, as after a wait
 */
export async function readWait(
  { knex, schema }: Tables,
  { effectId, at }: AwaitedCall,
): Promise<{ effect: EffectType; seconds: number } | null> {
  const events = table(schema, "events");
  const [row] = await rowsOf<{ effect: EffectType; seconds: number }>(
    knex,
    `select effect.type as effect,
       extract(epoch from clock_timestamp() - min(webhook.received_at))::double precision as seconds
     from ${table(schema, "effects")} effect
     join ${events} decision on decision.id = effect.event_id
     join ${events} webhook on webhook.channel_id = decision.channel_id
       and webhook.applied_version = decision.applied_version and webhook.source in ('agora', 'cloudflare')
     where effect.id = :effectId and effect.type = any(:awaited)
     group by effect.type`,
    { effectId, awaited },
  );
  if (row === undefined) return null;
  const sinceSeconds = (performance.now() - at) / 1000;
  return { effect: row.effect, seconds: Math.max(0, row.seconds - sinceSeconds) };
}
