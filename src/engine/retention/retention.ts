import { setTimeout as wait } from "node:timers/promises";

import { rowsOf, table } from "../../eventlog/index.ts";
import type { Logger } from "../../log.ts";
import { type Deleted, deleteOld, type RetentionRules } from "./delete-old.ts";
import type { Kind } from "./rules.ts";

export interface RetentionOptions extends RetentionRules {
  log: Logger;
  /** Told of each step. Must only note it. */
  onDeleted?: ((deleted: Deleted) => void) | undefined;
  /** How long to leave the database to others after a step that took so long, in ms. */
  pauseMs?: (tookMs: number) => number;
}

/** Deletes what is too old, in the background: a few times a day, and in one process at a time. */
export interface Retention {
  /** Looks whether it is due, once a minute at most. */
  tick(): void;
  /** The same at once, to wait for. */
  look(): Promise<void>;
  /** Begins no further step, and waits for the one under way. */
  stop(): Promise<void>;
}

const lookMs = 60_000;
const everyHours = 6;
/** Whoever is silent for longer has died in it, and another goes on. */
const claimMinutes = 5;

export function createRetention(options: RetentionOptions): Retention {
  const { log, onDeleted } = options;
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  let nextLookAt = 0;

  async function run(): Promise<void> {
    if (stopping.signal.aborted || !(await claim(options))) return;
    const startedAt = performance.now();
    const deleted: Partial<Record<Kind, number>> = {};
    const end = await work(deleted);
    await release(options, end);
    const level = Object.keys(deleted).length > 0 ? "info" : "debug";
    log[level]({ deleted, end, ms: Math.round(performance.now() - startedAt) }, "retention.deleted");
  }

  async function work(deleted: Partial<Record<Kind, number>>): Promise<"done" | "stopped"> {
    let stepAt = performance.now();
    for await (const step of deleteOld(options)) {
      if (step.rows > 0) deleted[step.kind] = (deleted[step.kind] ?? 0) + step.rows;
      onDeleted?.(step);
      await renew(options);
      await pause(performance.now() - stepAt, options, stopping.signal);
      if (stopping.signal.aborted) return "stopped";
      stepAt = performance.now();
    }
    return "done";
  }

  function look(): Promise<void> {
    running ??= run()
      .catch((error: unknown) => log.warn({ err: error }, "retention.failed"))
      .finally(() => {
        running = null;
      });
    return running;
  }

  return {
    tick() {
      if (performance.now() < nextLookAt) return;
      nextLookAt = performance.now() + lookMs;
      void look();
    },
    look,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** Four times as long as the step took: it takes a fifth of one connection's time, and acks wait for none of it. */
export async function pause(
  tookMs: number,
  { pauseMs = (ms) => 20 + 4 * ms }: Pick<RetentionOptions, "pauseMs">,
  signal?: AbortSignal,
): Promise<void> {
  await wait(pauseMs(tookMs), undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}

const claimedSql = `claimed_until = clock_timestamp() + interval '${claimMinutes} minutes'`;

/** Whether it is due, and nobody else is at it. */
async function claim({ knex, schema }: RetentionOptions): Promise<boolean> {
  const rows = await rowsOf(
    knex,
    `update ${table(schema, "retention")} set ${claimedSql}
     where next_at <= clock_timestamp() and claimed_until < clock_timestamp() returning true`,
  );
  return rows.length > 0;
}

async function renew({ knex, schema }: RetentionOptions): Promise<void> {
  await rowsOf(knex, `update ${table(schema, "retention")} set ${claimedSql}`);
}

/** What was stopped is due at once for the next process. */
async function release({ knex, schema }: RetentionOptions, end: "done" | "stopped"): Promise<void> {
  const done = `, finished_at = clock_timestamp(), next_at = clock_timestamp() + interval '${everyHours} hours'`;
  await rowsOf(
    knex,
    `update ${table(schema, "retention")} set claimed_until = '-infinity' ${end === "done" ? done : ""}`,
  );
}
