import type { Knex } from "knex";

import { jobsSchema } from "../../db/index.ts";
import { quoted, rowsOf, table } from "../../eventlog/index.ts";

/** Name of the job that catches up. */
export const catchUpTask = "catch_up";

/** As urgent as the questions of checkups. */
const priority = 30;

/**
 * Tries of one job. graphile-worker waits e^n seconds after the n-th: 3, 7, 20, 55, 148, 403, 1097 s, so half an hour in
 * all. Then the catch-up has failed and is shown as that, for a person to ask for another.
 */
const maxAttempts = 8;

/**
 * SQL that records catch-ups and gives each its job: the last part of a statement, so that both happen, or neither.
 *
 * @param selected - a query of `why`, `channel` and `gap_seconds`
 */
export function addCatchUpsSql(schema: string, selected: string): string {
  return `wanted as (
      insert into ${table(schema, "catch_ups")} (why, channel, gap_seconds) ${selected} returning id, gap_seconds
    )
    select id, gap_seconds as "gapSeconds", ${addJob(schema)} from wanted`;
}

/** Gives a catch-up another job, for what is left of it. */
export async function addCatchUpJob(db: Knex, schema: string, id: number): Promise<void> {
  await rowsOf(db, `select ${addJob(schema)} from (select :id::bigint as id) wanted`, { id });
}

/**
 * Gives open catch-ups a job again that have none: the process died in the last try, or a person deleted the job.
 *
 * @returns their ids
 */
export async function reenqueueCatchUps(db: Knex, schema: string): Promise<number[]> {
  const rows = await rowsOf<{ id: number }>(
    db,
    `select id, ${addJob(schema)} from (
       select id from ${table(schema, "catch_ups")}
       where status = 'open' and not exists (
         select from ${quoted(jobsSchema(schema))}.jobs job
         where job.key = 'catch-up:' || catch_ups.id and (job.attempts < job.max_attempts or job.locked_at is not null)
       )
       for update skip locked
     ) wanted`,
  );
  return rows.map((row) => row.id);
}

/** Which catch-up a job's key is of; null if it is another kind of job. */
export function catchUpOf(jobKey: string): number | null {
  const id = /^catch-up:(\d+)$/.exec(jobKey)?.[1];
  return id === undefined ? null : Number(id);
}

function addJob(schema: string): string {
  return `${quoted(jobsSchema(schema))}.add_job('${catchUpTask}', json_build_object('catchUpId', wanted.id),
    job_key := 'catch-up:' || wanted.id, priority := ${priority}, max_attempts := ${maxAttempts})`;
}
