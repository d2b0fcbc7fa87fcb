import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type AdvanceResult, createAdvance } from "../../src/engine/index.ts";
import { createSweep, type Sweep } from "../../src/engine/sweep.ts";
import { appendWithin, getEvent, type NewEvent, registerChannel, rowsOf } from "../../src/eventlog/index.ts";
import { type ChannelState, defaultPolicy, type Policy } from "../../src/live/index.ts";
import { interpret } from "../../src/webhooks/index.ts";
import { delivery, ingestEvent, rtcEvent } from "../eventlog/deliveries.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { engineValues, log } from "./world.ts";

let database: TestDatabase;
let sweep: Sweep | null = null;

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await sweep?.stop();
  sweep = null;
  await database.drop();
});

interface Open {
  sweep: Sweep;
  advance: ReturnType<typeof createAdvance>;
  /** Resolves with the first advance that fits. */
  advanced: (fits: (result: AdvanceResult) => boolean) => Promise<AdvanceResult>;
}

function open(policy: Partial<Policy> = {}, overrides: Parameters<typeof engineValues>[0] = {}): Open {
  const values = engineValues({ ...overrides, policy: { ...defaultPolicy, ...policy } });
  const results: AdvanceResult[] = [];
  const waiting: { fits: (result: AdvanceResult) => boolean; resolve: (result: AdvanceResult) => void }[] = [];
  const { knex, schema } = database;
  const advance = createAdvance({
    knex,
    schema,
    log,
    ...values,
    interpret,
    onAdvanced(result) {
      results.push(result);
      opened.arm(result);
      for (const { fits, resolve } of waiting) if (fits(result)) resolve(result);
    },
  });
  const opened = createSweep({ knex, schema, log, ...values, interpret, advance, intervalMs: 60_000 });
  sweep = opened;
  return {
    sweep: opened,
    advance,
    advanced: (fits) => {
      const found = results.find(fits);
      return found === undefined ? new Promise((resolve) => waiting.push({ fits, resolve })) : Promise.resolve(found);
    },
  };
}

/** Appends an event as a process does that dies right after the commit. */
async function appendOnly(event: NewEvent, channelId?: number): Promise<number> {
  const [appended] = await database.knex.transaction((trx) =>
    appendWithin(trx, database.schema, [{ ...event, ...(channelId !== undefined && { channelId }) }]),
  );
  return appended?.id ?? 0;
}

async function age(table: string, column: string, seconds: number): Promise<void> {
  await database.knex.raw(`update ${table} set ${column} = ${column} - make_interval(secs => ?)`, [seconds]);
}

describe("wake-ups", () => {
  it("a channel is looked at when its time has come", async () => {
    const { sweep, advance, advanced } = open({ stopGraceMs: 120 });
    const channelId = await registerChannel(database, "leaving");
    await appendOnly(rtcEvent(103, { channel: "leaving", uid: 7, seq: 1 }), channelId);
    await advance.advance(channelId);
    sweep.start();
    await appendOnly(rtcEvent(104, { channel: "leaving", uid: 7, seq: 2 }), channelId);
    await advance.advance(channelId);
    await advanced(({ decisions }) => decisions.includes("SessionEnding"));

    // The next sweep by itself is a minute away.
    const [row] = await rowsOf<{ state: ChannelState }>(
      database.knex,
      "select state from tally.channels where id = :channelId",
      { channelId },
    );
    const { session, host } = row?.state ?? {};
    expect((session?.ending?.at ?? 0) - (host?.sinceAt ?? Infinity)).toBeGreaterThanOrEqual(120);
  });

  it("one whose time came while no process ran is looked at when one starts", async () => {
    const { sweep, advance, advanced } = open({ stopGraceMs: 1 });
    const channelId = await registerChannel(database, "asleep");
    await appendOnly(rtcEvent(103, { channel: "asleep", uid: 7, seq: 1 }), channelId);
    await appendOnly(rtcEvent(104, { channel: "asleep", uid: 7, seq: 2 }), channelId);
    await advance.advance(channelId);
    await database.knex.raw("update tally.channels set wake_at = clock_timestamp() - interval '1 hour'");
    sweep.start();
    await advanced((result) => result.channelId === channelId && result.events === 0);
  });
});

describe("what a killed process left", () => {
  it("events that nobody folded are folded", async () => {
    const { sweep } = open();
    const channelId = await registerChannel(database, "orphan");
    const id = await appendOnly(rtcEvent(103, { channel: "orphan", uid: 7 }), channelId);
    await sweep.tick();
    expect(await getEvent(database, id)).toMatchObject({ status: "pending" }); // whoever appended it is at it

    await age("tally.events", "received_at", 2);
    await sweep.tick();
    expect(await getEvent(database, id)).toMatchObject({ status: "applied" });
  });

  it("events that never found their channel find it, and register it if they may", async () => {
    const { sweep } = open();
    const channelId = await registerChannel(database, "found");
    await database.knex.raw("update tally.channels set stream_key_id = 'input-found' where id = ?", [channelId]);
    const ingest = await appendOnly(ingestEvent("connected", "input-found", "2026-01-01T00:00:00.000000000Z"));
    const host = await appendOnly(rtcEvent(103, { channel: "never registered", uid: 7 }));
    await sweep.tick();

    expect(await getEvent(database, ingest)).toMatchObject({ channelId, status: "ignored" });
    expect(await getEvent(database, host)).toMatchObject({ channel: "never registered", status: "applied" });
  });

  it("an open effect without a job gets one again after a minute", async () => {
    const { sweep, advance } = open();
    const channelId = await registerChannel(database, "jobless");
    await appendOnly(rtcEvent(103, { channel: "jobless", uid: 7 }), channelId);
    await advance.advance(channelId);
    const jobs = () => rowsOf<{ key: string }>(database.knex, "select key from tally_jobs.jobs");
    const [job] = await jobs();
    await age("tally.effects", "enqueued_at", 61);
    await sweep.tick();
    expect(await jobs()).toEqual([job]); // it has its job

    await age("tally.effects", "enqueued_at", 61);
    await database.knex.raw("select tally_jobs.remove_job(?)", [job?.key ?? ""]);
    expect(await jobs()).toEqual([]);
    await sweep.tick();
    expect(await jobs()).toEqual([job]);
  });

  it("an open effect whose job is out of tries gets a new one", async () => {
    const { sweep, advance } = open();
    const channelId = await registerChannel(database, "exhausted");
    await appendOnly(rtcEvent(103, { channel: "exhausted", uid: 7 }), channelId);
    await advance.advance(channelId);
    await database.knex.raw("update tally_jobs._private_jobs set attempts = max_attempts");
    await age("tally.effects", "enqueued_at", 61);
    await sweep.tick();
    const jobs = await rowsOf(database.knex, "select attempts from tally_jobs.jobs where key is not null");
    expect(jobs).toEqual([{ attempts: 0 }]);
  });
});

describe("events without a channel", () => {
  it("that nobody claimed within an hour are ignored, and say so", async () => {
    const { sweep } = open({}, { channelPolicy: "registered" });
    const id = await appendOnly(rtcEvent(103, { channel: "unclaimed", uid: 7 }));
    await age("tally.events", "received_at", 3_599);
    await sweep.tick();
    expect(await getEvent(database, id)).toMatchObject({ status: "pending" });
    await age("tally.events", "received_at", 2);
    await sweep.tick();
    expect(await getEvent(database, id)).toMatchObject({
      status: "ignored",
      note: "no channel claimed it within an hour",
    });
  });

  it("that concern none are read and put aside", async () => {
    const { sweep } = open();
    const check = rtcEvent(103, { channel: "test_webhook", uid: 12121212 });
    const id = await appendOnly({ ...check, route: null });
    const unreadable = await appendOnly({ ...delivery("ncs.unknown", null, "unreadable", undefined), raw: "hello" });
    await sweep.tick();
    expect(await getEvent(database, id)).toMatchObject({ status: "ignored", note: "health check" });
    expect(await getEvent(database, unreadable)).toMatchObject({ status: "unrecognised" });
  });
});

describe("a channel that can't be advanced", () => {
  it("keeps no other from it, and is tried again less and less often", async () => {
    const { sweep } = open();
    const broken = await registerChannel(database, "channel_1");
    await database.knex.raw(`update tally.channels set state = '{"not": "a state"}' where id = 1`);
    const sound = await registerChannel(database, "channel_2");
    for (const id of [broken, sound]) await appendOnly(rtcEvent(103, { channel: `channel_${id}`, uid: 7 }), id);
    await age("tally.events", "received_at", 2);
    let locks = 0;
    const count = ({ sql, bindings }: { sql: string; bindings?: unknown[] }) => {
      if (sql.includes("for no key update") && bindings?.includes(broken) === true) locks++;
    };
    database.knex.on("query", count);
    await sweep.tick();
    await sweep.tick();
    database.knex.off("query", count);

    expect(locks).toBe(1);
    const versions = await rowsOf(database.knex, "select id, version from tally.channels order by id");
    expect(versions).toEqual([
      { id: broken, version: 0 },
      { id: sound, version: 1 },
    ]);
  });
});

it("never sweeps twice at a time", async () => {
  const { sweep } = open();
  const first = sweep.tick();
  expect(sweep.tick()).toBe(first);
  await first;
});
