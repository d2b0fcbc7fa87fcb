import type { Knex } from "knex";

import { jobsSchema } from "../db/index.ts";
import { quoted, rowsOf, table } from "../eventlog/index.ts";
import type { Effect, EffectType } from "../live/index.ts";
import { takePlace } from "./slots.ts";

/** Name of the job that performs an effect. */
export const performTask = "perform_effect";

/** graphile-worker takes the least number first: what costs money while it waits comes before what can wait. */
const priorities: Record<EffectType, number> = {
  StopRecorder: 0,
  DisableLiveInput: 0,
  EnsureLiveInput: 10,
  StartRelay: 10,
  RepointRecorder: 20,
  ArrangeHosts: 20,
  RenewStorage: 20,
  CheckPresence: 30,
  CheckRecorder: 30,
  CheckIngest: 30,
  CheckPlayback: 40,
  CheckVideo: 40,
  DeleteVideo: 50,
};

/**
 * Every broadcast that begins brings a handful of these, and all of them may begin at once. A job that waited for its
 * place would keep the starts and stops of others from being taken; so its place is when it runs.
 */
const paced: Partial<Record<EffectType, { rate: string; perSecond: number }>> = {
  CheckPlayback: { rate: "playback", perSecond: 2 },
};

/**
 * Tries of one job, for what is no provider's answer (our bug, a lost lease, a lost database). graphile-worker waits e^n
 * seconds after the n-th: 3, 7, 20, 55, 148 s, four minutes in all. Then the effect is dead, and the channel is told, so
 * that it goes on by its own policy.
 */
const maxAttempts = 6;

/**
 * Records effects and gives each a job, in the transaction that decided them. An effect that exists already gets none:
 * its decision was made before.
 *
 * @param effects - with the id of the decision's event
 * @returns how many are new
 */
export async function enqueueEffects(
  trx: Knex.Transaction,
  schema: string,
  channelId: number,
  effects: { eventId: number; effect: Effect }[],
): Promise<number> {
  if (effects.length === 0) return 0;
  const rows = effects.map(({ eventId, effect }) => ({
    key: effect.key,
    event_id: eventId,
    type: effect.type,
    payload: effect,
  }));
  const inserted = await rowsOf<{ id: number; type: EffectType }>(
    trx,
    `insert into ${table(schema, "effects")} (key, channel_id, event_id, type, payload)
     select e.key, :channelId, e.event_id, e.type, e.payload
     from jsonb_to_recordset(:effects::jsonb) as e (key text, event_id bigint, type text, payload jsonb)
     on conflict (key) do nothing
     returning id, type`,
    { channelId, effects: JSON.stringify(rows) },
  );
  await addJobs(trx, schema, inserted);
  return inserted.length;
}

/** Gives effects a job. One that waits is replaced, one that runs goes on beside it (`perform` makes that harmless). */
export async function addJobs(db: Knex, schema: string, effects: { id: number; type: EffectType }[]): Promise<void> {
  if (effects.length === 0) return;
  const jobs = [];
  for (const { id, type } of effects) {
    const pace = paced[type];
    const waitMs = pace === undefined ? 0 : await takePlace(db, schema, pace.rate, 1000 / pace.perSecond);
    jobs.push({ id, priority: priorities[type], waitMs });
  }
  await rowsOf(
    db,
    `select ${quoted(jobsSchema(schema))}.add_job(:task, json_build_object('effectId', job.id),
       job_key := 'effect:' || job.id, priority := job.priority, max_attempts := ${maxAttempts},
       run_at := case when "waitMs" > 0 then clock_timestamp() + make_interval(secs => "waitMs" / 1000) end)
     from jsonb_to_recordset(:jobs::jsonb) as job (id bigint, priority integer, "waitMs" double precision)`,
    { task: performTask, jobs: JSON.stringify(jobs) },
  );
}
