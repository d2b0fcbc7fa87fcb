import { EventEmitter } from "node:events";
import { setTimeout as wait } from "node:timers/promises";

import { runTaskList, type Task, type WorkerEvents, type WorkerPool } from "graphile-worker";
import type pg from "pg";

import { createPool, jobLogger, jobsSchema } from "../db/index.ts";
import type { Logger } from "../log.ts";

export interface WorkerOptions {
  /** A direct URL: a transaction pooler would lose the `LISTEN` that brings a job within milliseconds. */
  url: string;
  schema: string;
  log: Logger;
  tasks: Record<string, Task>;
  /** Jobs at a time. */
  concurrency?: number;
  /** After so long without a word of the job library, it is started anew on other connections. */
  silentMs?: number;
  /** Called with the id of every pool that starts, which is what its jobs are locked by. Must not reject. */
  onPool: (poolId: string) => Promise<void>;
}

export interface Worker {
  start: () => Promise<void>;
  /** Takes no more jobs, and waits for those under way for so long; what then still runs is given back. */
  stop: (timeoutMs: number) => Promise<void>;
}

/** Three connections for jobs and one that listens. */
const connectionsMost = 4;
/** The wait for what no notification tells: jobs that are due later. A new job is picked up in 2 to 6 ms. */
const pollMs = 2_000;
const restartMs = 1_000;
/**
 * Whoever has no job asks for one every 2 s, and Postgres ends a statement after 30 s. What is silent for longer waits for
 * an answer on a connection that is gone without a word, or in a queue for one.
 */
const silentAfterMs = 40_000;
/**
 * With its default (-1) 0.17 doesn't wait for the statement that says a job is done: if the database is gone just then,
 * the rejection is nobody's and ends the process. With a delay of 0 it retries, and then ends its pool, which is ours to
 * restart.
 */
const handledCompletion = { completeJobBatchDelay: 0, failJobBatchDelay: 0 };

/** Runs jobs, with the job library's own signal handling off: when the process stops is for `main` to say. */
export function createWorker(options: WorkerOptions): Worker {
  const { url, schema, log, tasks, concurrency = 6, silentMs = silentAfterMs, onPool } = options;
  let pool: pg.Pool | null = null;
  let workers: WorkerPool | null = null;
  let restarting: NodeJS.Timeout | undefined;
  let watching: NodeJS.Timeout | undefined;
  let isStopping = false;

  async function startWorkers(pgPool: pg.Pool): Promise<void> {
    const events: WorkerEvents = new EventEmitter();
    const started = runTaskList(
      {
        schema: jobsSchema(schema),
        concurrency,
        pollInterval: pollMs,
        noHandleSignals: true,
        noPreparedStatements: true,
        logger: jobLogger(log),
        events,
        preset: { worker: handledCompletion },
      },
      tasks,
      pgPool,
    );
    workers = started;
    endIfDeaf(started, events);
    watch(started, events, pgPool);
    started.promise.then(
      () => restartLater(started, {}),
      (error: unknown) => restartLater(started, { err: error }),
    );
    await onPool(started.id);
  }

  function watch(started: WorkerPool, events: WorkerEvents, pgPool: pg.Pool): void {
    const isSilent = silence(events, { concurrency, silentMs });
    clearInterval(watching);
    watching = setInterval(() => {
      if (!isSilent()) return;
      log.error({ ms: silentMs }, "worker.silent");
      clearInterval(watching);
      pool = createPool({ url, max: connectionsMost, log });
      void startWorkers(pool);
      void shutDown(started, 0).then(() => endPool(pgPool, log));
    }, silentMs / 10);
  }

  /** The library ends its pool when it can't say what became of a job, as in a long outage of the database. */
  function restartLater(ended: WorkerPool, why: { err?: unknown }): void {
    if (isStopping || ended !== workers) return;
    log.error(why, "worker.ended");
    restarting = setTimeout(() => {
      if (pool !== null && ended === workers) void startWorkers(pool);
    }, restartMs);
  }

  return {
    async start() {
      pool = createPool({ url, max: connectionsMost, log });
      await startWorkers(pool);
    },
    async stop(timeoutMs) {
      isStopping = true;
      clearTimeout(restarting);
      clearInterval(watching);
      if (workers !== null) await shutDown(workers, timeoutMs);
      if (pool !== null) await endPool(pool, log);
    },
  };
}

/** The rest of a stop: by then nothing of ours runs. */
const endPoolMs = 1_000;

/** A connection that is gone without a word can't say goodbye: it is left, and ends with the process. */
async function endPool(pool: pg.Pool, log: Logger): Promise<void> {
  const abort = new AbortController();
  const ended = pool.end().then(() => true);
  const inTime = await Promise.race([ended, wait(endPoolMs, false, { signal: abort.signal })]);
  abort.abort();
  if (!inTime) log.warn({ connections: pool.totalCount }, "worker.connections_left");
}

/**
 * 0.17 asks for the ids of its tasks once and keeps the answer, also if it is an error: a pool that starts while the
 * database is away never takes a job. It ends instead, for another to take its place.
 */
function endIfDeaf(started: WorkerPool, events: WorkerEvents): void {
  let isHeard = false;
  const hear = () => (isHeard = true);
  events.once("worker:getJob:empty", hear);
  events.once("job:start", hear);
  events.once("worker:getJob:error", () => {
    // Afterwards: a worker that is ended in the midst of its error writes a trace to standard error.
    if (isHeard) return;
    setImmediate(() => {
      // What went wrong is told by `promise`.
      Promise.resolve(started.gracefulShutdown("no job could be asked for")).catch(() => undefined);
    });
  });
}

/** @returns whether somebody has no job, and nobody was heard of for long */
function silence(
  events: WorkerEvents,
  { concurrency, silentMs }: { concurrency: number; silentMs: number },
): () => boolean {
  let heardAt = performance.now();
  let active = 0;
  const hear = () => (heardAt = performance.now());
  events.on("worker:getJob:empty", hear);
  events.on("worker:getJob:error", hear);
  events.on("job:start", () => {
    hear();
    active += 1;
  });
  events.on("job:complete", () => {
    hear();
    active -= 1;
  });
  return () => active < concurrency && performance.now() - heardAt >= silentMs;
}

async function shutDown(workers: WorkerPool, timeoutMs: number): Promise<void> {
  const graceful = Promise.resolve(workers.gracefulShutdown()).then(
    () => true,
    () => true,
  );
  const abort = new AbortController();
  const inTime = await Promise.race([graceful, wait(timeoutMs, false, { signal: abort.signal })]);
  abort.abort();
  if (!inTime) await Promise.resolve(workers.forcefulShutdown("the service is stopping")).catch(() => undefined);
}
