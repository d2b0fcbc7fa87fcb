import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import {
  attachEvents,
  claimStrays,
  createEventLog,
  type EventLog,
  getEvent,
  registerChannel,
  rowsOf,
} from "../../src/eventlog/index.ts";
import { initialState } from "../../src/live/index.ts";
import { createLogger } from "../../src/log.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { delivery, ingestEvent, rtcEvent } from "./deliveries.ts";

const log = createLogger({ level: "silent" });
let database: TestDatabase;
let appended: number[][] = [];
const open: EventLog[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  for (const eventLog of open.splice(0)) await eventLog.close();
  appended = [];
});
afterAll(() => database.drop());

function openLog(channelPolicy: "auto" | "registered" = "auto"): EventLog {
  const onAppended = (channelIds: number[]) => appended.push(channelIds);
  const eventLog = createEventLog({ ...database, log, channelPolicy, onAppended });
  open.push(eventLog);
  return eventLog;
}

async function channelOf(name: string): Promise<{ id: number; state: unknown } | undefined> {
  const rows = await rowsOf<{ id: number; state: unknown }>(
    database.knex,
    "select id, state from tally.channels where name = :name",
    { name },
  );
  return rows[0];
}

async function setLiveInput(channelId: number, liveInput: string): Promise<void> {
  await database.knex.raw("update tally.channels set stream_key_id = ? where id = ?", [liveInput, channelId]);
}

async function age(id: number, minutes: number): Promise<void> {
  await database.knex.raw("update tally.events set received_at = received_at - make_interval(mins => ?) where id = ?", [
    minutes,
    id,
  ]);
}

describe("registering by event (CHANNEL_POLICY auto)", () => {
  it.each([103, 104, 107, 108, 111, 112])("rtc.%i of an unknown channel registers it", async (type) => {
    const eventLog = openLog();
    const { id } = await eventLog.append(rtcEvent(type, { channel: `auto ${type}`, uid: 5 }));
    await eventLog.close();

    const channel = await channelOf(`auto ${type}`);
    expect(channel?.id).toBeGreaterThanOrEqual(1_000_000_000);
    expect(channel?.state).toEqual(initialState(channel?.id ?? 0));
    expect(await getEvent(database, id)).toMatchObject({ channelId: channel?.id, status: "pending" });
    expect(appended).toEqual([[channel?.id]]);
  });

  it("channel_{n} gets n, unless that is taken or too large", async () => {
    const eventLog = openLog();
    await registerChannel(database, "channel_900000001");
    await database.knex.raw(`insert into tally.channels (id, name, state) values (77, 'other', '{}')`);
    await eventLog.append(rtcEvent(103, { channel: "channel_42", uid: 5 }));
    await eventLog.append(rtcEvent(103, { channel: "channel_77", uid: 5 }));
    await eventLog.append(rtcEvent(103, { channel: "channel_042", uid: 5 }));
    await eventLog.close();

    expect((await channelOf("channel_42"))?.id).toBe(42);
    for (const name of ["channel_77", "channel_042", "channel_900000001"]) {
      expect((await channelOf(name))?.id).toBeGreaterThanOrEqual(1_000_000_000);
    }
  });

  it("viewers, recorders and other events register nothing", async () => {
    const eventLog = openLog();
    await eventLog.append(rtcEvent(105, { channel: "quiet", uid: 5 }));
    await eventLog.append(rtcEvent(101, { channel: "quiet", uid: 5 }));
    await eventLog.append(delivery("recording.70", { kind: "channel", key: "quiet" }, "3:70:x", {}));
    await eventLog.close();

    expect(await channelOf("quiet")).toBeUndefined();
    expect(appended).toEqual([]);
  });

  it("registers a channel once, however many processes hear of it at the same time", async () => {
    const logs = Array.from({ length: 4 }, () => openLog());
    const ids = await Promise.all(
      logs.map((eventLog, uid) => eventLog.append(rtcEvent(103, { channel: "channel_500", uid }))),
    );
    for (const eventLog of logs) await eventLog.close();

    const channel = await channelOf("channel_500");
    expect(channel?.id).toBe(500);
    for (const { id } of ids) expect(await getEvent(database, id)).toMatchObject({ channelId: 500 });
    expect(new Set(appended.flat())).toEqual(new Set([500]));
  });
});

describe("CHANNEL_POLICY registered", () => {
  it("leaves events of unknown channels alone until the app registers it", async () => {
    const eventLog = openLog("registered");
    const { id } = await eventLog.append(rtcEvent(103, { channel: "later", uid: 5 }));
    await eventLog.close();
    expect(await getEvent(database, id)).toMatchObject({ channelId: null, status: "pending" });

    const channelId = await registerChannel(database, "later");
    expect(await claimStrays(database, { kind: "channel", key: "later" })).toEqual([channelId]);
    expect(await getEvent(database, id)).toMatchObject({ channelId, status: "pending" });
  });

  it("claims what is older than an hour for show, not to act on it", async () => {
    const eventLog = openLog("registered");
    const old = await eventLog.append(rtcEvent(103, { channel: "yesterday", uid: 5 }));
    const recent = await eventLog.append(rtcEvent(104, { channel: "yesterday", uid: 5 }));
    await age(old.id, 61);
    await age(recent.id, 59);

    const channelId = await registerChannel(database, "yesterday");
    await claimStrays(database, { kind: "channel", key: "yesterday" });
    expect(await getEvent(database, old.id)).toMatchObject({
      channelId,
      status: "ignored",
      note: "its channel became known more than an hour later",
    });
    expect(await getEvent(database, recent.id)).toMatchObject({ channelId, status: "pending" });
  });
});

describe("live inputs and videos", () => {
  it("finds the channel of a known live input, and of a known video", async () => {
    const channelId = await registerChannel(database, "known");
    await setLiveInput(channelId, "input-known");
    await database.knex.raw(
      `insert into tally.sessions (id, channel_id, number, cause, opened_at, video_uids)
       values ('known-1', ?, 1, 'host', now(), '{video-known}')`,
      [channelId],
    );
    const eventLog = openLog();
    const live = await eventLog.append(ingestEvent("connected", "input-known", "2026-01-01T00:00:00.000000000Z"));
    const video = await eventLog.append(delivery("video.ready", { kind: "video", key: "video-known" }, "v1", {}));
    await eventLog.close();

    expect(await getEvent(database, live.id)).toMatchObject({ channelId });
    expect(await getEvent(database, video.id)).toMatchObject({ channelId });
  });

  it("loses no event that comes at the same time as its live input becomes known", async () => {
    const eventLog = openLog();
    const pairs = Array.from({ length: 60 }, (_, i) => ({ name: `race ${i}`, liveInput: `race-${i}` }));
    const channels = await Promise.all(
      pairs.map(async (pair) => ({ ...pair, channelId: await registerChannel(database, pair.name) })),
    );
    const claimed: number[] = [];
    const events = await Promise.all(
      channels.map(async ({ channelId, liveInput }) => {
        const append = eventLog.append(ingestEvent("connected", liveInput, "2026-01-01T00:00:00.000000000Z"));
        const map = setLiveInput(channelId, liveInput).then(() =>
          claimStrays(database, { kind: "live_input", key: liveInput }),
        );
        const [{ id }, mine] = await Promise.all([append, map]);
        claimed.push(...mine);
        return { id, channelId };
      }),
    );
    await eventLog.close();

    for (const { id, channelId } of events) expect(await getEvent(database, id)).toMatchObject({ channelId });
    // Each was handed on by one side or the other, or by both.
    expect(new Set([...claimed, ...appended.flat()])).toEqual(new Set(channels.map(({ channelId }) => channelId)));
  });

  it("two that claim the same strays in different orders don't deadlock, and one gets each", async () => {
    const eventLog = openLog("registered");
    const events = await Promise.all(
      Array.from({ length: 100 }, (_, i) => eventLog.append(rtcEvent(103, { channel: `claim ${i % 5}`, uid: i }))),
    );
    await eventLog.close();
    const ids = events.map((event) => event.id);
    for (let i = 0; i < 5; i++) await registerChannel(database, `claim ${i}`);
    const { knex, schema } = database;
    const claims = await Promise.all([
      attachEvents(knex, schema, { ids: [...ids].reverse() }),
      attachEvents(knex, schema, { waiting: 500 }),
      ...Array.from({ length: 5 }, (_, i) =>
        attachEvents(knex, schema, { route: { kind: "channel", key: `claim ${4 - i}` } }),
      ),
    ]);
    const claimed = claims.flat().map((event) => event.id);
    expect(claimed.filter((id) => ids.includes(id)).sort()).toEqual([...ids].sort());
  });
});

describe("viewers", () => {
  async function channelWithHost(name: string, uid: number): Promise<number> {
    const channelId = await registerChannel(database, name);
    const state = { ...initialState(channelId), presence: { [uid]: { present: true } } };
    await database.knex.raw("update tally.channels set state = ? where id = ?", [JSON.stringify(state), channelId]);
    return channelId;
  }

  it("are stored as applied with their channel, and hand on nothing", async () => {
    const channelId = await registerChannel(database, "crowd");
    const eventLog = openLog();
    const { id } = await eventLog.append(rtcEvent(105, { channel: "crowd", uid: 900 }));
    await eventLog.close();

    expect(await getEvent(database, id)).toMatchObject({ channelId, status: "applied", appliedVersion: null });
    expect(appended).toEqual([]);
  });

  it("count if they are users whom the channel holds for hosts", async () => {
    const channelId = await channelWithHost("demoted", 9);
    const eventLog = openLog();
    const viewer = await eventLog.append(rtcEvent(105, { channel: "demoted", uid: 10 }));
    const demoted = await eventLog.append(rtcEvent(105, { channel: "demoted", uid: 9 }));
    await eventLog.close();

    expect(await getEvent(database, viewer.id)).toMatchObject({ status: "applied" });
    expect(await getEvent(database, demoted.id)).toMatchObject({ status: "pending", channelId });
    expect(appended).toEqual([[channelId]]);
  });

  it("do not wait for a channel that is being advanced, nor hold it up", async () => {
    const channelId = await channelWithHost("busy", 9);
    const eventLog = openLog();
    await database.knex.transaction(async (trx) => {
      await trx.raw("select from tally.channels where id = ? for no key update", [channelId]);
      const { id } = await eventLog.append(rtcEvent(105, { channel: "busy", uid: 11 }));
      await eventLog.close();
      expect(await getEvent(database, id)).toMatchObject({ channelId, status: "applied" });
    });
  });
});

it("an event without a route is announced without a channel", async () => {
  const eventLog = openLog();
  await eventLog.append(delivery("rtc.103", null, "health-check", {}));
  await eventLog.close();
  expect(appended).toEqual([[]]);
});
