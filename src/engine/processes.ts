import { hostname } from "node:os";

import { jobsSchema } from "../db/index.ts";
import { quoted, rowsOf, table, type Tables } from "../eventlog/index.ts";
import type { EffectType } from "../live/index.ts";
import type { Logger } from "../log.ts";
import { addCatchUpJob, addCatchUpsSql, catchUpOf } from "./catch-up/job.ts";
import { addJobs } from "./enqueue.ts";
import type { Lease } from "./lease.ts";

/** A pool that was silent for so long is dead: longer than a lease (5 s) and the longest call (8 s) together. */
const silentSeconds = 15;

export interface Processes {
  /** Writes the first heartbeat and goes on writing. */
  start(poolId: string): Promise<void>;
  /** Stops, and takes this process off the list. */
  stop(): Promise<void>;
}

/**
 * Tells the other processes that this one is alive, and frees the jobs of those that are not. graphile-worker by itself
 * keeps a killed process's jobs locked for four hours. It locks by the id of the worker pool (0.17: `locked_by`), so
 * that id is what a process is known by here.
 *
 * @param options.catchUpAfterMs - a time without a heartbeat of anybody, after which Agora is asked who is where; 0 never
 * @param options.isInHand - whether this process is at that job
 * @param options.intervalMs - between heartbeats; 3 s, so that one may be lost within the lease's 5 s
 */
export function createProcesses(
  options: Tables & {
    lease: Pick<Lease, "confirm">;
    log: Logger;
    catchUpAfterMs: number;
    isInHand: (jobId: string) => boolean;
    intervalMs?: number;
  },
): Processes {
  const { knex, schema, lease, log, catchUpAfterMs, isInHand, intervalMs = 3_000 } = options;
  const processes = table(schema, "processes");
  let poolId: string | null = null;
  let timer: NodeJS.Timeout | null = null;
  let beating: Promise<void> = Promise.resolve();

  async function beat(id: string): Promise<void> {
    const sentAt = performance.now();
    try {
      const catchUps = await rowsOf<{ id: number; gapSeconds: number }>(knex, beatSql(schema), {
        id,
        hostname: hostname(),
        pid: process.pid,
        limit: catchUpAfterMs === 0 ? null : catchUpAfterMs / 1000,
      });
      lease.confirm(sentAt);
      for (const catchUp of catchUps) {
        log.warn({ catchUpId: catchUp.id, gapSeconds: catchUp.gapSeconds }, "catch_up.due");
      }
      await freeDeadPools();
      await takeUpMissed(id);
    } catch (error) {
      log.warn({ err: error, poolId: id }, "processes.heartbeat_failed");
    }
    if (poolId !== id) return;
    const nextMs = Math.max(0, sentAt + intervalMs - performance.now());
    timer = setTimeout(() => {
      beating = beat(id);
    }, nextMs);
  }

  async function freeDeadPools(): Promise<void> {
    const dead = await rowsOf<{ id: string }>(knex, deadPoolsSql(schema));
    const ids = dead.map((pool) => pool.id);
    if (ids.length > 0) {
      await rowsOf(knex, `select ${quoted(jobsSchema(schema))}.force_unlock_workers(:ids::text[])`, { ids });
      log.warn({ poolIds: ids }, "processes.jobs_freed");
    }
    await knex.raw(`delete from ${processes} where ${isSilent("heartbeat_at")}`);
  }

  /**
   * A job is given out in a commit: if its answer is lost, this pool holds a job that it never heard of. What it is for
   * gets another. One that has just been done and is about to be marked so is harmless: its effect is closed.
   */
  async function takeUpMissed(id: string): Promise<void> {
    const held = await rowsOf<Held>(knex, heldSql(schema), { id });
    const missed = held.filter(({ jobId }) => !isInHand(jobId));
    if (missed.length === 0) return;
    const effects = missed.flatMap(({ effect }) => effect ?? []);
    await addJobs(knex, schema, effects);
    for (const { key } of missed) {
      const catchUp = catchUpOf(key);
      if (catchUp !== null) await addCatchUpJob(knex, schema, catchUp);
    }
    log.warn({ jobs: missed.map(({ key }) => key) }, "processes.jobs_missed");
  }

  return {
    async start(id) {
      if (timer !== null) clearTimeout(timer); // of an earlier pool, whose jobs are then freed like a dead one's
      poolId = id;
      await (beating = beat(id));
    },
    async stop() {
      const id = poolId;
      poolId = null;
      if (timer !== null) clearTimeout(timer);
      await beating;
      if (id !== null) await knex.raw(`delete from ${processes} where pool_id = :id`, { id });
    },
  };
}

/**
 * Writes this process's heartbeat, and the newest of all. Whoever's is the first after too long a gap asks for a
 * catch-up, and with one statement it is asked for exactly once: not twice by two processes, nor never by one that dies
 * here. Nor can a process that hangs keep the row of all locked. The first beat ever follows no other, so it ends no gap.
 */
function beatSql(schema: string): string {
  const gap = "extract(epoch from beat_at - previous_at)::double precision as gap";
  return `
    with mine as (
      insert into ${table(schema, "processes")} (pool_id, hostname, pid) values (:id, :hostname, :pid)
      on conflict (pool_id) do update set heartbeat_at = clock_timestamp()
    ), beat as (
      update ${table(schema, "heartbeat")} set previous_at = beat_at, beat_at = clock_timestamp() returning ${gap}
    ), ${addCatchUpsSql(schema, "select 'outage', null, gap from beat where gap > :limit::double precision")}`;
}

interface Held {
  jobId: string;
  key: string;
  /** Null for the job of a catch-up. */
  effect: { id: number; type: EffectType } | null;
}

/** Jobs for which something is open and that have been in this pool's hands for longer than an answer takes. */
function heldSql(schema: string): string {
  return `
    select job.id::text as "jobId", job.key,
      case when effect.id is not null then json_build_object('id', effect.id, 'type', effect.type) end as effect
    from ${quoted(jobsSchema(schema))}.jobs job
    left join ${table(schema, "effects")} effect on job.key = 'effect:' || effect.id
    where job.locked_by = :id and ${isSilent("job.locked_at")} 
      and (effect.status = 'open' or job.key like 'catch-up:%')`;
}

/** Pools that hold jobs and have no fresh heartbeat: also one that died before its first. */
function deadPoolsSql(schema: string): string {
  return `
    select distinct job.locked_by as id
    from ${quoted(jobsSchema(schema))}.jobs job
    left join ${table(schema, "processes")} process
      on process.pool_id = job.locked_by and not (${isSilent("process.heartbeat_at")})
    where job.locked_by is not null and ${isSilent("job.locked_at")} and process.pool_id is null`;
}

function isSilent(column: string): string {
  return `${column} < clock_timestamp() - interval '${silentSeconds} seconds'`;
}
