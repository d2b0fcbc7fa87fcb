import { EventEmitter, once } from "node:events";

import pg from "pg";
import { inject } from "vitest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createWorker, type Worker } from "../../src/engine/worker.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { logLines } from "../support/log-lines.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";

let database: TestDatabase;
let admin: pg.Client;
let worker: Worker | null = null;

beforeEach(async () => {
  database = await createTestDatabase();
  admin = new pg.Client({ connectionString: inject("databaseUrl") });
  await admin.connect();
});
afterEach(async () => {
  await worker?.stop(1_000);
  worker = null;
  await admin.end();
  await database.drop();
});

/** Nobody gets in, and whoever is in is thrown out. */
async function closeDatabase(name: string): Promise<void> {
  await admin.query(`alter database ${name} with allow_connections false`);
  await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [name]);
}

/** Over a connection of its own: those of the pools are broken on the way. */
async function addJob(task: string): Promise<void> {
  const client = new pg.Client({ connectionString: database.url });
  client.on("error", () => undefined); // thrown out with the rest
  await client.connect();
  await client.query("select tally_jobs.add_job($1)", [task]).finally(() => client.end());
}

describe("the worker", () => {
  it("outlives a database that is gone just when a job is done, and goes on when it is back", async () => {
    const name = new URL(database.url).pathname.slice(1);
    const { log, seen } = logLines();
    const ran = new EventEmitter();
    let isAdded: () => void = () => undefined;
    const added = new Promise<void>((resolve) => (isAdded = resolve));
    worker = createWorker({
      url: database.url,
      schema: database.schema,
      log,
      tasks: {
        lose_database: async () => {
          await added;
          await closeDatabase(name);
        },
        after: () => {
          ran.emit("after");
        },
      },
      onPool: () => Promise.resolve(),
    });
    await worker.start();
    await addJob("lose_database");
    isAdded();
    await seen("jobs.message", ({ message }) => String(message).startsWith("Failed to complete jobs"));

    await admin.query(`alter database ${name} with allow_connections true`);
    const after = once(ran, "after");
    await addJob("after");
    await after;
  });

  it("takes jobs although the database was away when it started", async () => {
    const name = new URL(database.url).pathname.slice(1);
    const { log, seen } = logLines();
    const ran = new EventEmitter();
    worker = createWorker({
      url: database.url,
      schema: database.schema,
      log,
      tasks: {
        after: () => {
          ran.emit("after");
        },
      },
      onPool: () => Promise.resolve(),
    });
    await closeDatabase(name);
    await worker.start();
    await seen("worker.ended");

    await admin.query(`alter database ${name} with allow_connections true`);
    const after = once(ran, "after");
    await addJob("after");
    await after;
  });

  it("takes jobs again when all its connections are gone without a word", async () => {
    const { log, seen } = logLines();
    const ran = new EventEmitter();
    const direct = new URL(database.url);
    const proxy = await startTcpProxy(() => Number(direct.port));
    const through = new URL(database.url);
    through.port = String(proxy.port);
    const pools: string[] = [];
    worker = createWorker({
      url: through.href,
      schema: database.schema,
      log,
      tasks: {
        work: () => {
          ran.emit("work");
        },
      },
      silentMs: 3_000,
      onPool: (id) => Promise.resolve(void pools.push(id)),
    });
    try {
      await worker.start();
      const first = once(ran, "work");
      await addJob("work");
      await first;
      expect(proxy.blackHoleAll()).toBeGreaterThan(1);
      const second = once(ran, "work");
      await addJob("work");
      await seen("worker.silent");
      await second;
      expect(new Set(pools).size).toBe(2);
    } finally {
      await worker.stop(100);
      worker = null;
      await proxy.close();
    }
  });

  it("stops although the connection that listens is gone without a word", async () => {
    const { log, seen } = logLines();
    const direct = new URL(database.url);
    const proxy = await startTcpProxy(() => Number(direct.port));
    const through = new URL(database.url);
    through.port = String(proxy.port);
    const stopped = createWorker({
      url: through.href,
      schema: database.schema,
      log,
      tasks: { none: () => undefined },
      onPool: () => Promise.resolve(),
    });
    try {
      await stopped.start();
      await expect.poll(() => proxy.blackHoleListeners()).toBe(1);
      await stopped.stop(100);
      await seen("worker.connections_left");
    } finally {
      await proxy.close();
    }
  });
});
