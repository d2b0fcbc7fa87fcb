import { setTimeout as wait } from "node:timers/promises";

import express, { type Router } from "express";

import { assertMigrated, MigrationError } from "../db/index.ts";
import { challengeHeader, proofHeader } from "../deployment-proof.ts";
import type { Tables } from "../eventlog/index.ts";
import type { Answer } from "./answer.ts";
import { createRouter, type Route } from "./create-router.ts";
import { note } from "./request-log.ts";

export interface HealthDeps extends Tables {
  /** Whether this process performs effects. */
  isWorkerRunning: () => boolean;
  /** Proves which deployment this is to whoever has its secrets. */
  prove: (challenge: string) => string;
}

/** For whoever keeps the process running: /healthz, is it up; /readyz, can it do its work. */
export function createHealthRouter(deps: HealthDeps): Router {
  const router = express.Router();
  router.use(["/healthz", "/readyz"], note({ isProbe: true }));
  router.use("/healthz", (request, response, next) => {
    const challenge = request.get(challengeHeader);
    if (challenge !== undefined) response.set(proofHeader, deps.prove(challenge));
    next();
  });
  router.use(createRouter("", { getReadiness: shared(() => getReadiness(deps)) }, healthRoutes));
  return router;
}

export const healthRoutes: readonly Route<{ getReadiness: () => Promise<Answer> }>[] = [
  { method: "get", path: "/healthz", handle: () => Promise.resolve({ status: 200, body: { status: "ok" } }) },
  { method: "get", path: "/readyz", handle: ({ getReadiness }) => getReadiness() },
];

/** Anybody may ask: whoever asks while an answer is under way gets that one, so that the database isn't asked for each. */
function shared<Result>(find: () => Promise<Result>): () => Promise<Result> {
  let underWay: Promise<Result> | null = null;
  return () =>
    (underWay ??= find().finally(() => {
      underWay = null;
    }));
}

/** The database's answer is waited for so long. */
const patienceMs = 1_000;

async function getReadiness({ knex, schema, isWorkerRunning }: HealthDeps): Promise<Answer> {
  const [database, tables] = await Promise.all([
    outcomeOf(knex.raw("select 1")),
    outcomeOf(assertMigrated(knex, schema)),
  ]);
  const checks = {
    database: database === null ? "ok" : "unreachable",
    schema: tables === null ? "ok" : tables instanceof MigrationError ? "mismatched" : "unknown",
    worker: isWorkerRunning() ? "ok" : "stopped",
  };
  const isReady = Object.values(checks).every((check) => check === "ok");
  return { status: isReady ? 200 : 503, body: { status: isReady ? "ready" : "unready", checks } };
}

/** Null if the work succeeds in time, else why it didn't. */
async function outcomeOf(work: PromiseLike<unknown>): Promise<unknown> {
  const abort = new AbortController();
  const tooLate = wait(patienceMs, "too late", { signal: abort.signal });
  tooLate.catch(() => undefined); // that of the abort
  try {
    return await Promise.race([work.then(() => null), tooLate]);
  } catch (error) {
    return error;
  } finally {
    abort.abort();
  }
}
