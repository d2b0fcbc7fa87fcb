import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { createDatabase, type Database } from "../../src/db/index.ts";
import { appendWithin, registerChannel, rowsOf } from "../../src/eventlog/index.ts";
import { type ChannelState, initialState } from "../../src/live/index.ts";
import { createLogger } from "../../src/log.ts";
import { createSampler, type SamplerOptions } from "../../src/metrics/index.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { checkup, evening, fact } from "./log.ts";

const log = createLogger({ level: "silent" });
let database: TestDatabase;
let other: Database;
let channelId: number;

beforeAll(async () => {
  database = await createTestDatabase();
  const { url, schema } = database;
  other = createDatabase({ url, schema, poolMax: 4, log });
  channelId = await registerChannel(database, "c");
});
afterAll(async () => {
  await other.close();
  await database.drop();
});
beforeEach(async () => {
  await database.knex.raw(
    "delete from tally.viewer_counts; delete from tally.events; delete from tally.stream_metrics",
  );
  await openSession(1);
});

function sampler(overrides: Partial<SamplerOptions> = {}) {
  const { knex, schema } = database;
  return createSampler({
    knex,
    schema,
    log,
    // So long that none ends within a test.
    intervalMs: 86_400_000,
    defaultMode: "cloud-recording",
    botClientTypes: [10],
    liveViewers: { count: () => Promise.resolve(null) },
    waitForViews: () => Promise.resolve(),
    ...overrides,
  });
}

/** A channel that is live, or at least has a session. */
async function openSession(number: number, change: Partial<ChannelState> = {}): Promise<void> {
  const at = evening * 1000;
  const state: ChannelState = {
    ...initialState(channelId),
    session: {
      number,
      cause: "host",
      openedAt: at,
      liveAt: null,
      ending: null,
      closedAt: null,
      attempts: 1,
      failures: 0,
      restarts: 0,
      failure: null,
      resume: null,
      meter: { at, withHostMs: 0, withoutHostMs: 0 },
    },
    ...change,
  };
  await saveState(state, true);
}

async function saveState(state: ChannelState, isActive: boolean): Promise<void> {
  await database.knex.raw(
    `update tally.channels set state = ?::jsonb, is_active = ?, started_at = to_timestamp(?) where id = ?`,
    [JSON.stringify(state), isActive, evening, channelId],
  );
}

/** As if the interval were over. */
async function makeDue(): Promise<void> {
  await database.knex.raw("update tally.viewer_counts set next_at = next_at - interval '1 day'");
}

const samples = () =>
  rowsOf<{ agora: number | null; hls: number | null; health: string; whole: boolean }>(
    database.knex,
    `select agora_viewers as agora, hls_viewers as hls, relay_health as health,
       extract(epoch from "timestamp")::bigint % 86400 = 0 as whole from tally.stream_metrics order by "timestamp"`,
  );

async function append(...events: Parameters<typeof appendWithin>[2]): Promise<void> {
  await database.knex.transaction((trx) => appendWithin(trx, database.schema, events));
}

const live: Partial<ChannelState> = {
  host: { present: true, sinceAt: evening * 1000, heardAt: evening * 1000 },
  relay: {
    attempt: 1,
    uid: 1,
    mode: "cloud-recording",
    requestedAt: 0,
    resourceId: "r",
    confirmedAt: 0,
    troubleAt: null,
    healthyAt: 0,
    repointedAt: null,
  },
  recorders: {
    r: {
      session: 1,
      attempt: 1,
      uid: 1,
      liveUid: 1,
      acquiredAt: 0,
      recordingSid: "sid",
      state: "running",
      at: 0,
      runningAt: 0,
      heardAt: 0,
      rtmp: { 1: { status: "publishing", sequence: 1, sentAt: 1 } },
      stop: null,
    } as unknown as ChannelState["recorders"][string],
  },
  ingest: { state: "connected", error: null, updatedAt: "2026", sinceAt: 0, old: false, changed: 1 },
  liveInput: { ...initialState(1).liveInput, uid: "input", playbackBase: "https://customer-a.cloudflarestream.com" },
};

describe("a channel with an open session", () => {
  it("gets its first sample at the next whole interval, and one for each", async () => {
    await append(fact(channelId, 105, { uid: 1, seq: 1 }), checkup(channelId, 2, 4));
    const { sample } = sampler();
    await sample();
    expect(await samples()).toEqual([]);
    await makeDue();
    await sample();
    await sample();
    expect(await samples()).toEqual([{ agora: 4, hls: null, health: "none", whole: true }]);
  });

  it("gets one sample for an interval, however many processes take it", async () => {
    const counted: string[] = [];
    const count = (_base: string, input: string) => {
      counted.push(input);
      return Promise.resolve(5);
    };
    await openSession(1, live);
    const both = [sampler({ liveViewers: { count } }), sampler({ ...other, liveViewers: { count } })];
    for (let n = 0; n < 5; n++) {
      await Promise.all(both.map(({ sample }) => sample()));
      await makeDue();
      await Promise.all(both.map(({ sample }) => sample()));
    }
    expect(counted).toHaveLength(5);
    expect(await samples()).toEqual([{ agora: null, hls: 5, health: "publishing", whole: true }]);
  });

  it("is asked for its players only while it is live, and only with leave", async () => {
    let asked = 0;
    const liveViewers = { count: () => Promise.resolve(++asked) };
    const waits = sampler({ liveViewers });
    await waits.sample();
    await makeDue();
    await waits.sample();
    expect(asked).toBe(0);

    await openSession(1, live);
    await database.knex.raw("delete from tally.stream_metrics");
    await makeDue();
    const refused = sampler({ liveViewers, waitForViews: () => Promise.reject(new Error("no lease")) });
    await refused.sample();
    expect([asked, await samples()]).toMatchObject([0, [{ hls: null, health: "publishing" }]]);
  });

  it("gets no sample with an interval of 0", async () => {
    await sampler({ intervalMs: 0 }).sample();
    expect(await rowsOf(database.knex, "select from tally.viewer_counts")).toEqual([]);
  });

  it("a sample that fails is a gap, and the others are taken", async () => {
    const second = await registerChannel(database, "second");
    await database.knex.raw(
      `update tally.channels set state = '{"session": {"number": 1}}', is_active = true where id = ?`,
      [second],
    );
    const { sample } = sampler();
    await sample();
    await makeDue();
    await sample();
    await database.knex.raw("delete from tally.viewer_counts where channel_id = ?", [second]);
    await database.knex.raw("update tally.channels set is_active = false where id = ?", [second]);
    expect(await samples()).toHaveLength(1);
  });
});

describe("who was in the audience", () => {
  const audience = () => rowsOf<{ uid: number }>(database.knex, "select uid from tally.audience order by uid");

  it("is known from an hour before the session, and no further", async () => {
    const received = (minutes: number) => new Date((evening + minutes * 60) * 1000);
    await append(
      fact(channelId, 105, { uid: 1, seq: 1, receivedAt: received(-61) }),
      fact(channelId, 105, { uid: 2, seq: 2, receivedAt: received(-59) }),
      fact(channelId, 105, { uid: 3, seq: 3, receivedAt: received(1) }),
    );
    const { sample } = sampler();
    await sample();
    await makeDue();
    await sample();
    expect(await audience()).toEqual([{ uid: 2 }, { uid: 3 }]);
  });

  it("is forgotten when the session is over, also if the next one is open already", async () => {
    await append(fact(channelId, 105, { uid: 1, seq: 1 }));
    const { sample } = sampler();
    await sample();
    await makeDue();
    await sample();
    expect(await audience()).toEqual([{ uid: 1 }]);
    await openSession(2);
    await sample();
    expect(await audience()).toEqual([]);
    await makeDue();
    await sample();
    expect(await audience()).toEqual([{ uid: 1 }]);
    await saveState(initialState(channelId), false);
    await sampler({ intervalMs: 0 }).sample();
    expect(await rowsOf(database.knex, "select from tally.viewer_counts")).toEqual([]);
    expect(await audience()).toEqual([]);
  });
});
