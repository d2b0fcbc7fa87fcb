import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { createDeferred } from "../../src/deferred.ts";
import { createLease } from "../../src/engine/index.ts";
import { createProcesses } from "../../src/engine/processes.ts";
import { rowsOf } from "../../src/eventlog/index.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { log } from "./world.ts";

let database: TestDatabase;
const isInHand = () => false;

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(() => database.knex.raw("delete from tally.processes; delete from tally_jobs._private_jobs"));
afterAll(() => database.drop());

function pools() {
  return rowsOf<{ id: string }>(database.knex, "select pool_id as id from tally.processes order by pool_id");
}

/** A pool that was heard of so long ago, with a job that it locked so long ago. */
async function pool(id: string, ages: { heartbeat: number | null; job: number }): Promise<void> {
  if (ages.heartbeat !== null) {
    await database.knex.raw(
      `insert into tally.processes (pool_id, hostname, pid, heartbeat_at)
       values (?, 'elsewhere', 1, clock_timestamp() - make_interval(secs => ?))`,
      [id, ages.heartbeat],
    );
  }
  await database.knex.raw(`select tally_jobs.add_job('perform_effect', '{}', job_key := ?)`, [id]);
  await database.knex.raw(
    `update tally_jobs._private_jobs set locked_by = ?, locked_at = clock_timestamp() - make_interval(secs => ?)
     where key = ?`,
    [id, ages.job, id],
  );
}

/** An open effect. */
async function effect(key: string): Promise<number> {
  const [row] = await rowsOf<{ id: number }>(
    database.knex,
    `with event as (
       insert into tally.events (source, dedupe_key, type, channel_id) values ('tally', :key, 'RelayRequested', 1)
       returning id
     )
     insert into tally.effects (key, channel_id, event_id, type, payload)
     select :key, 1, event.id, 'StartRelay', '{}' from event returning id`,
    { key },
  );
  return row?.id ?? 0;
}

async function lockedJobs(): Promise<string[]> {
  const rows = await rowsOf<{ key: string }>(
    database.knex,
    "select key from tally_jobs.jobs where locked_by is not null order by key",
  );
  return rows.map((row) => row.key);
}

describe("processes", () => {
  it("a process is on the list while it runs, and holds its lease", async () => {
    const lease = createLease();
    const processes = createProcesses({ ...database, lease, log, catchUpAfterMs: 60_000, isInHand });
    await processes.start("pool-mine");
    expect(await pools()).toEqual([{ id: "pool-mine" }]);
    expect(() => lease.assertHeld()).not.toThrow();
    await processes.stop();
    expect(await pools()).toEqual([]);
  });

  it("goes on telling that it is alive", async () => {
    let beats = 0;
    const third = createDeferred<undefined>();
    const confirm = () => {
      if (++beats === 3) third.resolve(undefined);
    };
    const processes = createProcesses({
      ...database,
      lease: { confirm },
      log,
      catchUpAfterMs: 60_000,
      isInHand,
      intervalMs: 10,
    });
    await processes.start("pool-beating");
    await third.promise;
    await processes.stop();
    expect(beats).toBeGreaterThanOrEqual(3);
  });

  it("frees the jobs of those that are silent for 15 s, and of nobody else", async () => {
    await pool("pool-alive", { heartbeat: 10, job: 3600 });
    await pool("pool-dead", { heartbeat: 16, job: 3600 });
    await pool("pool-dead-before-its-first-heartbeat", { heartbeat: null, job: 16 });
    await pool("pool-just-started", { heartbeat: null, job: 5 });
    const processes = createProcesses({ ...database, lease: createLease(), log, catchUpAfterMs: 60_000, isInHand });
    await processes.start("pool-mine");
    await processes.stop();

    expect(await lockedJobs()).toEqual(["pool-alive", "pool-just-started"]);
    expect(await pools()).toEqual([{ id: "pool-alive" }]);
  });

  it("gives an effect another job whose job it was given and never heard of", async () => {
    await database.knex.raw(`insert into tally.channels (id, name, state) values (1, 'channel_1', '{}')`);
    const [missed, performing] = [await effect("missed"), await effect("performing")];
    for (const id of [missed, performing]) await pool(`effect:${id}`, { heartbeat: null, job: 16 });
    await database.knex.raw("update tally_jobs._private_jobs set locked_by = 'pool-mine'");
    const [job] = await rowsOf<{ id: string }>(database.knex, "select id::text from tally_jobs.jobs where key = :key", {
      key: `effect:${performing}`,
    });
    const processes = createProcesses({
      ...database,
      lease: createLease(),
      log,
      catchUpAfterMs: 60_000,
      isInHand: (jobId) => jobId === job?.id,
    });
    await processes.start("pool-mine");
    await processes.stop();

    const free = await rowsOf(database.knex, "select key from tally_jobs.jobs where locked_by is null");
    expect(free).toEqual([{ key: `effect:${missed}` }]);
    expect(await lockedJobs()).toContain(`effect:${performing}`);
  });

  it("loses no beat over a database that is away, and then holds no lease", async () => {
    const lease = createLease({ lifetimeMs: 0 });
    const knex = { raw: () => Promise.reject(new Error("Connection terminated")) };
    const processes = createProcesses({
      ...database,
      knex: knex as never,
      lease,
      log,
      catchUpAfterMs: 60_000,
      isInHand,
    });
    await processes.start("pool-cut-off");
    expect(() => lease.assertHeld()).toThrow();
    await expect(processes.stop()).rejects.toThrow("Connection terminated");
  });
});
