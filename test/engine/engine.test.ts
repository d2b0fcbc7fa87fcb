import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createDatabase, type Database } from "../../src/db/index.ts";
import { createEngine, type Engine, type EngineValues } from "../../src/engine/index.ts";
import { createEventLog, type EventLog, rowsOf } from "../../src/eventlog/index.ts";
import { type ChannelState, defaultPolicy } from "../../src/live/index.ts";
import { interpret } from "../../src/webhooks/index.ts";
import { ingestEvent, rtcEvent } from "../eventlog/deliveries.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { createFakeProviders, type FakeProviders } from "./providers.ts";
import { engineValues, log, stageUrl } from "./world.ts";

let database: TestDatabase;
const services: Service[] = [];
const children: ChildProcess[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const service of services.splice(0)) await service.close();
  await database.drop();
});

interface Service {
  engine: Engine;
  eventLog: EventLog;
  close(): Promise<void>;
}

/** One process of the service, without HTTP: its own connections, event log, engine and worker. */
function openService(fake: FakeProviders, overrides: Partial<EngineValues> = {}): Service {
  const pool: Database = createDatabase({ url: database.url, schema: database.schema, poolMax: 6, log });
  const { knex, schema } = pool;
  const values = { ...engineValues(overrides), jobsUrl: database.url };
  const engine = createEngine(values, { knex, schema, log, interpret, stageUrl, providers: () => fake.providers });
  const eventLog = createEventLog({
    knex,
    schema,
    log,
    channelPolicy: values.channelPolicy,
    onAppended: (channelIds) => engine.onAppended(channelIds),
  });
  let closing: Promise<void> | null = null;
  const service = {
    engine,
    eventLog,
    close: () =>
      (closing ??= (async () => {
        await eventLog.close();
        await engine.stop();
        await pool.close();
      })()),
  };
  services.push(service);
  return service;
}

async function stateOf(name: string): Promise<ChannelState> {
  const [row] = await rowsOf<{ state: ChannelState }>(
    database.knex,
    "select state from tally.channels where name = :name",
    { name },
  );
  if (row === undefined) throw new Error(`no channel ${name}`);
  return row.state;
}

/** A signal that a provider is called. */
function signalOf(fake: FakeProviders, name: "start" | "stop"): Promise<void> {
  return new Promise((resolve) => {
    if (name === "start") {
      fake.answer("start", ({ resourceId }) => {
        resolve();
        return Promise.resolve({ ok: true, recordingSid: `sid-of-${resourceId}` });
      });
    } else {
      fake.answer("stop", () => {
        resolve();
        return Promise.resolve({ ok: true, outcome: "already_stopped" });
      });
    }
  });
}

describe("the engine", () => {
  it("opens sessions in the resolution of its picture", async () => {
    const picture = { width: 1080, height: 1920, fps: 30, bitrateKbps: 2500 };
    const service = openService(createFakeProviders(), { picture });
    await service.eventLog.append(rtcEvent(103, { channel: "upright", uid: 7, seq: 1 }));
    await service.eventLog.idle();
    const [channel] = await rowsOf<{ id: number }>(database.knex, "select id from tally.channels");
    await service.engine.advance(channel?.id ?? NaN);
    const rows = await rowsOf(database.knex, "select resolution from tally.sessions");
    expect(rows).toEqual([{ resolution: "FHD" }]);
  });

  it("takes a channel from the host's join to the end of its session", async () => {
    const fake = createFakeProviders();
    const [started, stopped] = [signalOf(fake, "start"), signalOf(fake, "stop")];
    const service = openService(fake, { policy: { ...defaultPolicy, stopGraceMs: 50 } });
    expect(service.engine.isWorking()).toBe(false);
    await service.engine.start();
    expect(service.engine.isWorking()).toBe(true);
    await service.eventLog.append(rtcEvent(103, { channel: "story", uid: 7, seq: 1 }));
    await started;
    await service.eventLog.append(ingestEvent("connected", "input-of-story", "2026-01-01T00:00:01.000000000Z"));
    await service.eventLog.append(rtcEvent(104, { channel: "story", uid: 7, seq: 2 }));
    await stopped;
    await service.close();

    expect(service.engine.isWorking()).toBe(false);
    expect(fake.calls.map(({ name }) => name)).toEqual([
      "findByChannel",
      "create",
      "get",
      "grant",
      "acquire",
      "start",
      "stop",
    ]);
    const { session } = await stateOf("story");
    expect(session).toMatchObject({ number: 1, ending: { reason: "host_left" } });
    expect(session?.closedAt).not.toBeNull();
    expect(await rowsOf(database.knex, "select from tally.processes")).toEqual([]);
  });

  it("two processes on one database start each recorder once", async () => {
    const fake = createFakeProviders();
    const pair = [openService(fake), openService(fake)];
    for (const { engine } of pair) await engine.start();
    const names = Array.from({ length: 12 }, (_, i) => `channel_${i + 1}`);
    const allStarted = new Promise<void>((resolve) => {
      let left = names.length;
      fake.answer(
        "start",
        ...names.map(() => ({ resourceId }: { resourceId: string }) => {
          if (--left === 0) resolve();
          return Promise.resolve({ ok: true as const, recordingSid: `sid-of-${resourceId}` });
        }),
      );
    });
    await Promise.all(
      names.flatMap((channel) => {
        const event = rtcEvent(103, { channel, uid: 7 });
        return pair.map(({ eventLog }) => eventLog.append(event));
      }),
    );
    await allStarted;
    for (const service of pair) await service.close();

    expect(fake.count("create")).toBe(12);
    expect(fake.count("acquire")).toBe(12);
    expect(fake.count("start")).toBe(12);
    const effects = await rowsOf(
      database.knex,
      "select distinct type, status, attempts from tally.effects order by type",
    );
    expect(effects).toEqual([
      { type: "EnsureLiveInput", status: "succeeded", attempts: 1 },
      { type: "StartRelay", status: "succeeded", attempts: 1 },
    ]);
  });

  it("stopping ends nobody's broadcast: the next process goes on", async () => {
    const fake = createFakeProviders();
    const started = signalOf(fake, "start");
    const first = openService(fake);
    await first.engine.start();
    await first.eventLog.append(rtcEvent(103, { channel: "deploy", uid: 7, seq: 1 }));
    await started;
    await first.close();
    expect(fake.count("stop")).toBe(0);

    const stopped = signalOf(fake, "stop");
    const second = openService(fake, { policy: { ...defaultPolicy, stopGraceMs: 20 } });
    await second.engine.start();
    await second.eventLog.append(rtcEvent(104, { channel: "deploy", uid: 7, seq: 2 }));
    await stopped;
  });

  it("takes over the job of a process that was killed in it", async () => {
    const fake = createFakeProviders();
    const quiet = openService(fake);
    await quiet.eventLog.append(rtcEvent(103, { channel: "taken over", uid: 7 }));
    await quiet.close(); // the effect has its job, and nobody performed it yet
    const poolId = await takeJobAndDie();
    const locks = await rowsOf(database.knex, "select locked_by from tally_jobs.jobs");
    expect(locks).toEqual([{ locked_by: poolId }]);

    await database.knex.raw(
      "update tally_jobs._private_jobs set locked_at = clock_timestamp() - interval '16 seconds'",
    );
    const started = signalOf(fake, "start");
    await openService(fake).engine.start();
    await started;
  });

  it("says what is wrong with a job that names no effect, and doesn't try it for ever", async () => {
    await database.knex.raw(`select tally_jobs.add_job('perform_effect', '{}', max_attempts := 1)`);
    const service = openService(createFakeProviders());
    await service.engine.start();
    await untilNoJobIsLeft();
    await service.close();
    const jobs = await rowsOf<{ error: string }>(database.knex, "select last_error as error from tally_jobs.jobs");
    expect(jobs[0]?.error).toContain("a perform_effect job without effectId: {}");
  });
});

/** Starts a process that takes the one job there is, and kills it. Returns the id of its pool. */
async function takeJobAndDie(): Promise<string> {
  const script = fileURLToPath(new URL("doomed-process.cjs", import.meta.url));
  const child = spawn(process.execPath, [script, database.url, "tally_jobs"], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  let told = "";
  while (!/pool-\w+\n/.test(told)) {
    const [chunk] = (await once(child.stdout, "data")) as [Buffer];
    told += chunk.toString();
  }
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
  return /pool-\w+/.exec(told)?.[0] ?? "";
}

/** The library tells nobody that a job has failed, so this asks the database until none can be tried again. */
async function untilNoJobIsLeft(): Promise<void> {
  for (;;) {
    const jobs = await rowsOf(
      database.knex,
      "select from tally_jobs.jobs where attempts < max_attempts or locked_at is not null",
    );
    if (jobs.length === 0) return;
  }
}
