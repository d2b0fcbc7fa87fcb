import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  appendWithin,
  createEventLog,
  getEvent,
  historyOf,
  listEvents,
  pendingOf,
  registerChannel,
} from "../../src/eventlog/index.ts";
import { createLogger } from "../../src/log.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { ingestEvent, rtcEvent } from "./deliveries.ts";

const log = createLogger({ level: "silent" });
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function append(...events: Parameters<ReturnType<typeof createEventLog>["append"]>[0][]): Promise<number[]> {
  const eventLog = createEventLog({
    ...database,
    log,
    channelPolicy: "auto",
    onAppended: () => undefined,
  });
  const ids = [];
  for (const event of events) ids.push((await eventLog.append(event)).id);
  await eventLog.close();
  return ids;
}

function pending(channelId: number, knownUids: string[] = [], limit = 500) {
  return database.knex.transaction((trx) => pendingOf(trx, database.schema, { channelId, knownUids, limit }));
}

describe("listEvents", () => {
  it("filters by each of its fields, newest first", async () => {
    const [first = 0, second = 0, third = 0] = await append(
      rtcEvent(103, { channel: "list", uid: 1 }),
      rtcEvent(104, { channel: "list", uid: 1 }),
      ingestEvent("connected", "list-input", "2026-01-01T00:00:00.000000000Z"),
    );
    const ids = async (filter: Parameters<typeof listEvents>[1]) =>
      (await listEvents(database, filter)).map((event) => event.id);
    const receivedAt = new Date("2026-01-01T00:00:00Z");
    const receive = (id: number, at: string) =>
      database.knex.raw("update tally.events set received_at = ? where id = ?", [at, id]);
    await receive(first, "2025-12-31T23:59:59.999Z");
    await receive(second, "2026-01-01T00:00:00Z");

    expect(await ids({ ids: [first, third] })).toEqual([third, first]);
    expect(await ids({ channel: "list" })).toEqual([second, first]);
    expect(await ids({ source: "cloudflare" })).toEqual([third]);
    expect(await ids({ type: "rtc.103" })).toEqual([first]);
    expect(await ids({ type: "103" })).toEqual([first]);
    expect(await ids({ type: "03" })).toEqual([]);
    expect(await ids({ type: "connected" })).toEqual([third]);
    expect(await ids({ status: "pending", limit: 1 })).toEqual([third]);
    expect(await ids({ status: "applied" })).toEqual([]);
    expect(await ids({ since: receivedAt, channel: "list" })).toEqual([second]);
    expect(await ids({ until: receivedAt, channel: "list" })).toEqual([first]);
  });

  it("finds an event of a channel that isn't registered by the name in its route", async () => {
    const [id] = await append(rtcEvent(101, { channel: "nobody's", uid: 1 }));
    expect(await listEvents(database, { channel: "nobody's" })).toMatchObject([{ id, channelId: null, channel: null }]);
  });
});

describe("pendingOf", () => {
  it("gives pending events by id, and a clock that is later than all of them", async () => {
    const ids = await append(
      rtcEvent(103, { channel: "pend", uid: 1 }),
      rtcEvent(104, { channel: "pend", uid: 1 }),
      rtcEvent(103, { channel: "another", uid: 1 }),
    );
    const channelId = await registerChannel(database, "pend");
    const { events, now } = await pending(channelId);

    expect(events.map((event) => event.id)).toEqual(ids.slice(0, 2));
    for (const event of events) expect(now.getTime()).toBeGreaterThanOrEqual(event.receivedAt.getTime());
    expect((await pending(channelId, [], 1)).events.map((event) => event.id)).toEqual(ids.slice(0, 1));
  });

  it("tells the time when nothing is pending", async () => {
    const channelId = await registerChannel(database, "nothing");
    const { events, now } = await pending(channelId);
    expect(events).toEqual([]);
    expect(Math.abs(now.getTime() - Date.now())).toBeLessThan(5_000);
  });

  it("adds the viewer events of users that are hosts by the state or by what is pending, and of nobody else", async () => {
    const channelId = await registerChannel(database, "mixed");
    const [viewer = 0, ofPending = 0, ofState = 0, host = 0] = await append(
      rtcEvent(105, { channel: "mixed", uid: 30 }),
      rtcEvent(105, { channel: "mixed", uid: 31 }),
      rtcEvent(106, { channel: "mixed", uid: 32 }),
      rtcEvent(103, { channel: "mixed", uid: 31 }),
    );
    const ids = (await pending(channelId, ["32", "99"])).events.map((event) => event.id);
    expect(ids).toEqual([ofPending, ofState, host]);
    expect(ids).not.toContain(viewer);
  });
});

describe("historyOf", () => {
  it("gives everything that was folded, by version and id, over any number of pages", async () => {
    const channelId = await registerChannel(database, "long");
    // Folded in three versions, the later events first.
    const versions = Array.from({ length: 2_500 }, (_, i) => 3 - (i % 3));
    await database.knex.transaction((trx) =>
      appendWithin(
        trx,
        database.schema,
        versions.map((appliedVersion, i) => ({
          source: "tally" as const,
          dedupeKey: `long:${String(i).padStart(5, "0")}`,
          type: "HoldReleased",
          route: { kind: "channel" as const, key: "long" },
          channelId,
          occurredAt: null,
          payload: { type: "HoldReleased" },
          raw: null,
          bodySha256: null,
          headers: null,
          status: "applied" as const,
          appliedVersion,
        })),
      ),
    );
    await append(rtcEvent(103, { channel: "long", uid: 1 }));

    const history = await database.knex.transaction(async (trx) => {
      const events = [];
      for await (const event of historyOf(trx, database.schema, channelId)) events.push(event);
      return events;
    });
    expect(history).toHaveLength(2_500);
    const places = history.map((event) => [event.appliedVersion ?? 0, event.id] as const);
    expect(places).toEqual([...places].sort(([versionA, a], [versionB, b]) => versionA - versionB || a - b));
  });
});

describe("appendWithin", () => {
  it("keeps a provider's words that jsonb refuses as text, without ending the transaction", async () => {
    const [appended] = await database.knex.transaction((trx) =>
      appendWithin(trx, database.schema, [
        {
          source: "tally",
          dedupeKey: "nul",
          type: "CheckFailed",
          route: null,
          occurredAt: null,
          payload: { type: "CheckFailed", message: "a\0b" },
          raw: null,
          bodySha256: null,
          headers: null,
        },
      ]),
    );
    expect(await getEvent(database, appended?.id ?? 0)).toMatchObject({
      payload: null,
      raw: '{"type":"CheckFailed","message":"a\\u0000b"}',
    });
  });
});
