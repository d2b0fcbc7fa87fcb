import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { createDatabase } from "../../src/db/index.ts";
import {
  AppendUnavailable,
  createEventLog,
  type EventLog,
  getEvent,
  listEvents,
  type NewEvent,
} from "../../src/eventlog/index.ts";
import { createLogger } from "../../src/log.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { delivery, rtcEvent } from "./deliveries.ts";

const log = createLogger({ level: "silent" });
let database: TestDatabase;
const open: EventLog[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  for (const eventLog of open.splice(0)) await eventLog.close();
});
afterAll(() => database.drop());

function openLog(overrides: Partial<Parameters<typeof createEventLog>[0]> = {}): EventLog {
  const eventLog = createEventLog({
    knex: database.knex,
    schema: database.schema,
    log,
    channelPolicy: "registered",
    onAppended: () => undefined,
    ...overrides,
  });
  open.push(eventLog);
  return eventLog;
}

async function stored(dedupeKey: string) {
  const events = await listEvents(database, { limit: 10_000 });
  return events.filter((event) => event.dedupeKey === dedupeKey);
}

describe("append", () => {
  it("stores an event as it came and tells its id", async () => {
    const event: NewEvent = {
      ...rtcEvent(103, { channel: "shop", uid: 7 }),
      occurredAt: new Date("2026-01-02T03:04:05.678Z"),
      bodySha256: "abc",
    };
    const { id, duplicate } = await openLog().append(event);

    expect(duplicate).toBe(false);
    expect(await getEvent(database, id)).toMatchObject({
      id,
      source: "agora",
      type: "rtc.103",
      dedupeKey: event.dedupeKey,
      route: { kind: "channel", key: "shop" },
      occurredAt: event.occurredAt,
      payload: event.payload,
      raw: null,
      bodySha256: "abc",
      headers: { "content-type": "application/json" },
      status: "pending",
      channelId: null,
      appliedVersion: null,
    });
  });

  it("stores what is older than the log is kept, which may be a repetition, to be looked at and not acted upon", async () => {
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
    const eventLog = openLog({ eventsDays: 7 });
    const append = async (event: NewEvent) => getEvent(database, (await eventLog.append(event)).id);
    const old = { ...rtcEvent(103, { channel: "late", uid: 7 }), occurredAt: daysAgo(6.5) };
    expect(await append(old)).toMatchObject({
      status: "ignored",
      note: "it happened 6 days ago: it may have come before",
    });
    expect(await append({ ...old, dedupeKey: "young", occurredAt: daysAgo(5.5) })).toMatchObject({ status: "pending" });
    expect(await append({ ...old, dedupeKey: "timeless", occurredAt: null })).toMatchObject({ status: "pending" });
    expect(await append({ ...old, dedupeKey: "ours", source: "operator" })).toMatchObject({ status: "pending" });
    const { id } = await openLog().append({ ...old, dedupeKey: "kept for ever" });
    expect(await getEvent(database, id)).toMatchObject({ status: "pending" });
  });

  it("stores equal deliveries once, whether they come together or later, and gives the first one's id", async () => {
    const eventLog = openLog();
    const event = rtcEvent(103, { channel: "twice", uid: 7 });
    const together = await Promise.all([eventLog.append(event), eventLog.append(event), eventLog.append(event)]);
    const later = await eventLog.append(event);

    expect(together.filter((result) => !result.duplicate)).toHaveLength(1);
    expect(later.duplicate).toBe(true);
    expect(new Set([...together, later].map((result) => result.id)).size).toBe(1);
    expect(await stored(event.dedupeKey)).toHaveLength(1);
  });

  it("holds the same key of two sources for two events", async () => {
    const eventLog = openLog();
    const event = rtcEvent(103, { channel: "sources", uid: 7 });
    await eventLog.append(event);
    expect((await eventLog.append({ ...event, source: "cloudflare" })).duplicate).toBe(false);
  });

  it("needs a handful of inserts for a burst of 1,000", async () => {
    let inserts = 0;
    const count = (query: { sql: string }) => {
      if (query.sql.includes("insert into")) inserts++;
    };
    database.knex.on("query", count);
    const eventLog = openLog();
    const results = await Promise.all(
      Array.from({ length: 1000 }, (_, i) => eventLog.append(rtcEvent(103, { channel: `burst-${i}`, uid: 1 }))),
    );
    database.knex.off("query", count);

    expect(new Set(results.map((result) => result.id)).size).toBe(1000);
    expect(inserts).toBe(3); // the first alone, then 500, then 499
  });

  it("never deadlocks, though several processes append the same events in different orders", async () => {
    const pool = createDatabase({ url: database.url, schema: database.schema, poolMax: 4, log });
    const failures: unknown[] = [];
    pool.knex.on("query-error", (error) => failures.push(error));
    try {
      const events = Array.from({ length: 200 }, (_, i) => rtcEvent(103, { channel: `order-${i}`, uid: 1 }));
      const logs = Array.from({ length: 4 }, () => openLog({ knex: pool.knex }));
      const rounds = logs.map((eventLog, turn) => {
        const turned = [...events.slice(turn * 50), ...events.slice(0, turn * 50)];
        return Promise.all((turn % 2 === 0 ? turned : turned.reverse()).map((event) => eventLog.append(event)));
      });
      const results = (await Promise.all(rounds)).flat();

      expect(failures).toEqual([]);
      expect(results.filter((result) => !result.duplicate)).toHaveLength(200);
    } finally {
      for (const eventLog of open.splice(0)) await eventLog.close();
      await pool.close();
    }
  });

  it("keeps JSON that Postgres refuses as text, and its neighbours as they are", async () => {
    const eventLog = openLog();
    const bad = [
      { ...rtcEvent(103, { channel: "nul", uid: 1 }), payload: { account: "a\0b" } },
      { ...rtcEvent(103, { channel: "half", uid: 1 }), payload: { account: "\ud800" } },
    ];
    const good = rtcEvent(103, { channel: "good", uid: 1 });
    await eventLog.append(rtcEvent(103, { channel: "first", uid: 1 }));
    const [nul, half, neighbour] = await Promise.all([...bad, good].map((event) => eventLog.append(event)));

    expect(await getEvent(database, nul?.id ?? 0)).toMatchObject({ payload: null, raw: '{"account":"a\\u0000b"}' });
    expect(await getEvent(database, half?.id ?? 0)).toMatchObject({ payload: null, raw: '{"account":"\\ud800"}' });
    expect(await getEvent(database, neighbour?.id ?? 0)).toMatchObject({ payload: good.payload, raw: null });
  });

  it("keeps text with a zero byte in base64, and knows the event again", async () => {
    const eventLog = openLog();
    const event: NewEvent = { ...delivery("unknown\0", null, "zero\0byte", undefined), raw: "a\0b" };
    const first = await eventLog.append(event);
    const second = await eventLog.append(event);

    expect(await getEvent(database, first.id)).toMatchObject({ raw: "base64:YQBi", type: "unknown\uFFFD" });
    expect(second).toEqual({ id: first.id, duplicate: true });
  });

  it("tells a body that is the JSON null from one that is no JSON", async () => {
    const { id } = await openLog().append(delivery("ncs.unknown", null, "null-body", null));
    expect(await getEvent(database, id)).toMatchObject({ payload: null, raw: "null" });
  });

  it("waits for a database that comes back", async () => {
    const { eventLog, restore } = brokenLog();
    const result = eventLog.append(rtcEvent(103, { channel: "patient", uid: 1 }));
    await restore.afterFailures(2);
    expect((await result).duplicate).toBe(false);
  });

  it("says that it is unavailable when the database stays away", async () => {
    const { eventLog } = brokenLog({ patienceMs: 120 });
    await expect(eventLog.append(rtcEvent(103, { channel: "lost", uid: 1 }))).rejects.toThrow(AppendUnavailable);
  });

  it("takes nothing more once it is closed, and finishes what it took", async () => {
    const eventLog = openLog();
    const event = rtcEvent(103, { channel: "closing", uid: 1 });
    const taken = eventLog.append(event);
    await eventLog.close();
    expect((await taken).duplicate).toBe(false);
    await expect(eventLog.append(event)).rejects.toThrow("the service is stopping");
  });
});

/** A log whose statements fail as they do when the connection is lost, until `restore`. */
function brokenLog(overrides: { patienceMs?: number } = {}) {
  let failures = 0;
  let isBroken = true;
  let wake: (() => void) | null = null;
  const { knex } = database;
  const broken = {
    raw(sql: string, values: Record<string, string>) {
      if (!isBroken) return knex.raw(sql, values);
      failures++;
      wake?.();
      return Promise.reject(Object.assign(new Error("Connection terminated unexpectedly"), { code: "ECONNRESET" }));
    },
  };
  const restore = {
    async afterFailures(most: number) {
      while (failures < most) await new Promise<void>((resolve) => (wake = resolve));
      isBroken = false;
    },
  };
  return { eventLog: openLog({ knex: broken as unknown as typeof knex, ...overrides }), restore };
}
