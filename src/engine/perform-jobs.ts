import type { Job, Task } from "graphile-worker";

import { jobsSchema } from "../db/index.ts";
import { quoted, rowsOf, type Tables } from "../eventlog/index.ts";
import { reasonOf } from "../reason-of.ts";
import type { Redactor } from "../redaction/index.ts";
import type { PerformEffect } from "./effects/perform.ts";
import { performTask } from "./enqueue.ts";
import type { Lease } from "./lease.ts";

export interface JobPerformer {
  task: Task;
  /**
   * Makes the jobs due at once that this process took and won't finish, without an attempt counted: stopping is nobody's
   * failure. Call it when the worker has given its jobs back, which by itself makes each wait as after a failure.
   */
  release(): Promise<void>;
}

/** The jobs of a worker: each performs an effect. */
export function createJobPerformer(
  deps: Tables & { lease: Pick<Lease, "begun" | "signal">; perform: PerformEffect; redactor: Redactor },
): JobPerformer {
  const { knex, schema, lease, perform, redactor } = deps;
  const unfinished = new Set<Job>();

  return {
    async task(payload, { job }) {
      unfinished.add(job);
      try {
        await lease.begun();
        await perform(effectIdOf(payload), { isLast: job.attempts >= job.max_attempts });
        unfinished.delete(job);
      } catch (error) {
        if (!lease.signal.aborted) unfinished.delete(job);
        // What is thrown here is kept with the job, in its `last_error`.
        throw new Error(redactor.text(reasonOf(error)), { cause: error });
      }
    },
    async release() {
      for (const { id, attempts } of unfinished) {
        await rowsOf(
          knex,
          `select from ${quoted(jobsSchema(schema))}.reschedule_jobs(array[:id]::bigint[],
             run_at => clock_timestamp(), attempts => :attempts::integer)`,
          { id, attempts: attempts - 1 },
        );
      }
    },
  };
}

function effectIdOf(payload: unknown): number {
  if (typeof payload === "object" && payload !== null && "effectId" in payload) {
    const { effectId } = payload;
    if (typeof effectId === "number") return effectId;
  }
  throw new Error(`a ${performTask} job without an effectId: ${JSON.stringify(payload)}`);
}
