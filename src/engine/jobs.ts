import type { Job, Task } from "graphile-worker";

import { jobsSchema } from "../db/index.ts";
import { quoted, rowsOf, type Tables } from "../eventlog/index.ts";
import { reasonOf } from "../reason-of.ts";
import type { Redactor } from "../redaction/index.ts";
import type { Lease } from "./lease.ts";

/** What becomes of a job that throws. */
export interface Tries {
  /** Nobody will try again: then even an error of our own becomes an outcome. */
  isLast: boolean;
  /** Else it is tried again so much later; for the log. */
  nextInMs?: number;
}

/** Does what a job's payload names. */
export type Run = (id: number, tries: Tries) => Promise<void>;

/** The jobs that this process has in hand. */
export interface Jobs {
  /** The task of one kind of job, whose payload holds one id under this name. */
  task(idName: string, run: Run): Task;
  /** Whether this process is at that job. */
  isInHand(jobId: string): boolean;
  /**
   * Makes the jobs due at once that this process took and won't finish, without an attempt counted: stopping is nobody's
   * failure. Call it when the worker has given its jobs back, which by itself makes each wait as after a failure.
   */
  release(): Promise<void>;
}

export function createJobs({
  knex,
  schema,
  lease,
  redactor,
}: Tables & { lease: Pick<Lease, "begun" | "signal">; redactor: Redactor }): Jobs {
  const unfinished = new Set<Job>();

  return {
    task:
      (idName, run) =>
      async (payload, { job }) => {
        unfinished.add(job);
        try {
          await lease.begun();
          const { attempts, max_attempts: most } = job;
          await run(idOf(job, payload, idName), { isLast: attempts >= most, nextInMs: retryMs(attempts) });
          unfinished.delete(job);
        } catch (error) {
          if (!lease.signal.aborted) unfinished.delete(job);
          // What is thrown here is kept with the job, in its `last_error`.
          throw new Error(redactor.text(reasonOf(error)), { cause: error });
        }
      },
    isInHand: (jobId) => [...unfinished].some(({ id }) => id === jobId),
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

/** graphile-worker's own wait after an attempt (0.17: `exp(least(attempts, 10))` seconds). */
function retryMs(attempts: number): number {
  return Math.round(Math.exp(Math.min(attempts, 10)) * 1000);
}

function idOf({ task_identifier }: Job, payload: unknown, idName: string): number {
  const id = (payload as Record<string, unknown> | null)?.[idName];
  if (typeof id === "number") return id;
  throw new Error(`a ${task_identifier} job without ${idName}: ${JSON.stringify(payload)}`);
}
