import { jobsSchema } from "../db/index.ts";
import { quoted, rowsOf, table, type Tables } from "../eventlog/index.ts";
import type { EffectType } from "../live/index.ts";
import { addJobs } from "./enqueue.ts";

const most = 100;

/**
 * Gives open effects a job again that have had none for a minute: the last try's process may have died in it, or a
 * person deleted the job.
 *
 * @returns keys of the effects
 */
export async function reenqueueEffects({ knex, schema }: Tables): Promise<string[]> {
  return knex.transaction(async (trx) => {
    const effects = await rowsOf<{ id: number; type: EffectType; key: string }>(
      trx,
      `update ${table(schema, "effects")} set enqueued_at = clock_timestamp()
       where id in (
         select effect.id from ${table(schema, "effects")} effect
         where effect.status = 'open' and effect.enqueued_at < clock_timestamp() - interval '60 seconds'
           and not exists (
             select from ${quoted(jobsSchema(schema))}.jobs job
             where job.key = 'effect:' || effect.id and (job.attempts < job.max_attempts or job.locked_at is not null)
           )
         order by effect.id limit ${most} for update skip locked
       )
       returning id, type, key`,
    );
    await addJobs(trx, schema, effects);
    return effects.map((effect) => effect.key);
  });
}
