import { describe, expect, it } from "vitest";

import { type ChannelReplay, planChannel, planRebuild, rebuildChannel, refoldChannel } from "../../src/engine/index.ts";
import {
  type EventFilter,
  getEvent,
  listEvents,
  type NewEvent,
  rowsOf,
  selectEvents,
} from "../../src/eventlog/index.ts";
import { interpret } from "../../src/webhooks/index.ts";
import { delivery, ingestEvent, rtcEvent } from "../eventlog/deliveries.ts";
import { useWorlds, type World } from "./world.ts";

const file = useWorlds();

/** A reading of the webhooks that doesn't know the given type yet. */
function withoutReading(type: string): typeof interpret {
  return (stored) => (stored.type === type ? { kind: "unrecognised", note: "not known yet" } : interpret(stored));
}

async function sessionsOf(channelId: number) {
  return rowsOf<Record<string, unknown>>(
    file.database.knex,
    "select * from tally.sessions where channel_id = :channelId order by number",
    { channelId },
  );
}

/** A whole broadcast, with a second host, stale and repeated webhooks, a stop and a video. */
async function broadcast(world: World, channel: string): Promise<void> {
  const input = `input-of-${channel}`;
  const recording = (eventType: number, sequence: number, details: object, noticeId = `${channel} ${eventType}`) => {
    const { relay, recorders } = sid.state;
    const uid = relay?.uid ?? Object.values(recorders)[0]?.uid;
    const payload = {
      cname: channel,
      uid: String(uid),
      sid: sid.value,
      sequence,
      sendts: sequence,
      serviceType: 6,
      details,
    };
    return delivery(`recording.${eventType}`, { kind: "channel", key: channel }, noticeId, {
      noticeId,
      productId: 3,
      eventType,
      payload,
    });
  };
  await world.deliver(rtcEvent(103, { channel, uid: 7, seq: 10 }), rtcEvent(105, { channel, uid: 7, seq: 9 }));
  await world.performAll();
  const sid = await world.channel(channel).then(({ state }) => ({
    state,
    value: Object.values(state.recorders)[0]?.recordingSid ?? "",
  }));
  await world.deliver(
    recording(70, 0, { msgName: "web_recorder_started" }),
    ingestEvent("connected", input, "2026-01-01T00:00:01.000000000Z"),
    rtcEvent(103, { channel, uid: 8, seq: 1 }),
    rtcEvent(103, { channel, uid: 7, seq: 3 }),
  );
  await world.deliver(rtcEvent(104, { channel, uid: 8, seq: 2 }), rtcEvent(105, { channel, uid: 99, seq: 2 }));
  await world.ask(channel, { type: "StopRequested" });
  await world.performAll();
  await world.deliver(
    recording(71, 1, {
      msgName: "web_recorder_stopped",
      code: 0,
      message: "ok",
      details: "",
      fileList: [{ fileName: "a.m3u8" }],
    }),
    ingestEvent("disconnected", input, "2026-01-01T00:10:00.000000000Z"),
    recording(32, 2, { msgName: "backuped", status: 0 }),
  );
  const video = {
    uid: `video-of-${channel}`,
    readyToStream: true,
    status: { state: "ready" },
    created: "2026-01-01T00:00:02Z",
    duration: 599,
    liveInput: input,
    playback: { hls: "https://example.test/v.m3u8", dash: "https://example.test/v.mpd" },
  };
  const route = { kind: "live_input" as const, key: input };
  await world.deliver({ ...delivery("video.ready", route, `video of ${channel}`, video), source: "cloudflare" });
}

describe("rebuild", () => {
  it("comes to the state and the sessions that were saved, and saves nothing", async () => {
    const world = file.open();
    await broadcast(world, "whole");
    const before = await world.channel("whole");
    const sessions = await sessionsOf(before.id);
    expect(before.state.session?.closedAt).not.toBeNull();
    expect(sessions).toMatchObject([
      {
        number: 1,
        end_reason: "operator_stop",
        recording_sids: [expect.any(String)],
        files: ["a.m3u8"],
        upload: "backup",
      },
    ]);

    const rebuilt = await rebuildChannel(file.database, before.id, world.rules);
    expect(rebuilt).toMatchObject({ differs: false, effects: [], hold: false });
    expect(await world.channel("whole")).toEqual(before);
    expect(await sessionsOf(before.id)).toEqual(sessions);
  });

  it("finds the row of a session right whose video was told of while its recorder ran", async () => {
    const world = file.open();
    await world.deliver(rtcEvent(103, { channel: "told", uid: 7 }));
    await world.performAll();
    const { id } = await world.channel("told");
    const route = { kind: "live_input" as const, key: "input-of-told" };
    const video = { uid: "video-of-told", status: { state: "ready" }, liveInput: route.key };
    await world.deliver({ ...delivery("video.ready", route, "video of told", video), source: "cloudflare" });
    expect(await world.history("told")).toContain("Announced");
    expect(await planRebuild(file.database, id, world.rules)).toMatchObject({ sessions: 0, differs: false });
  });

  it("repairs a state that was spoilt, at a higher version", async () => {
    const world = file.open();
    await broadcast(world, "spoilt");
    const before = await world.channel("spoilt");
    await file.database.knex.raw("update tally.channels set state = jsonb_set(state, '{holds}', '99') where id = ?", [
      before.id,
    ]);
    await file.database.knex.raw("update tally.sessions set files = '[]', upload = null where channel_id = ?", [
      before.id,
    ]);

    const rebuilt = await rebuildChannel(file.database, before.id, world.rules);
    const after = await world.channel("spoilt");
    expect(rebuilt).toMatchObject({ differs: true, hold: false });
    expect(after.state).toEqual(before.state);
    expect(after.version).toBe(before.version + 1);
    expect(await sessionsOf(before.id)).toMatchObject([{ files: ["a.m3u8"], upload: "backup" }]);
  });

  it("counts sessions that were spoilt though the state is right, says what of them, and mends only those", async () => {
    const world = file.open();
    await broadcast(world, "rows");
    const before = await world.channel("rows");
    const { knex } = file.database;
    const sessions = await sessionsOf(before.id);
    await knex.raw("update tally.sessions set files = '[]' where channel_id = ?", [before.id]);
    await knex.raw(
      `insert into tally.sessions (id, channel_id, number, cause, opened_at, counting)
       select channel_id || '-9', channel_id, 9, cause, opened_at, counting from tally.sessions where channel_id = ?`,
      [before.id],
    );

    const planned = await planRebuild(file.database, before.id, world.rules);
    expect(planned).toMatchObject({
      differs: true,
      sessions: 2,
      changes: [
        { path: `session ${before.id}-1 files`, before: "[]", after: '["a.m3u8"]' },
        { path: `session ${before.id}-9`, before: expect.stringContaining("opened at 2") as string, after: null },
      ],
    });
    expect(await world.channel("rows")).toEqual(before);
    expect(await sessionsOf(before.id)).toHaveLength(2);

    expect(await rebuildChannel(file.database, before.id, world.rules)).toMatchObject({
      sessions: 2,
      changes: planned?.changes,
    });
    expect(await sessionsOf(before.id)).toEqual(sessions);
    expect((await world.channel("rows")).state).toEqual(before.state);
    await knex.raw("delete from tally.sessions where channel_id = ?", [before.id]);
    expect(await rebuildChannel(file.database, before.id, world.rules)).toMatchObject({ sessions: 1 });
    expect(await sessionsOf(before.id)).toEqual(sessions);
    expect(await rebuildChannel(file.database, before.id, world.rules)).toMatchObject({ differs: false, sessions: 0 });
  });

  it("knows no channel that isn't there", async () => {
    expect(await rebuildChannel(file.database, 123_456, file.open().rules)).toBeNull();
  });
});

describe("replay", () => {
  /** What each channel of the events would come to. */
  async function planReplay(world: World, filter: EventFilter, mode = { act: false }): Promise<ChannelReplay[]> {
    const { selection, channels } = await selectEvents(file.database, filter);
    const found: ChannelReplay[] = [];
    for (const { channelId } of channels) {
      const plan = await planChannel(file.database, channelId, selection, world.rules, mode);
      if (plan !== null) found.push(plan);
    }
    return found;
  }

  async function replay(
    world: World,
    filter: EventFilter,
    mode = { act: false },
    rules = world.rules,
  ): Promise<ChannelReplay[]> {
    const { selection, channels } = await selectEvents(file.database, filter);
    const found: ChannelReplay[] = [];
    for (const { channelId } of channels) {
      const done = await refoldChannel(file.database, channelId, selection, rules, mode);
      if (done !== null) found.push(done);
    }
    return found;
  }

  /** The join was not understood when it came. */
  async function misread(channel: string) {
    const world = file.open();
    const [id = 0] = await deliverWith(world, withoutReading("rtc.103"), rtcEvent(103, { channel, uid: 7 }));
    return { world, id };
  }

  async function deliverWith(world: World, reading: typeof interpret, ...events: NewEvent[]) {
    world.reading.interpret = reading;
    const ids = await world.deliver(...events);
    world.reading.interpret = interpret;
    return ids;
  }

  it("shows what it would do and changes nothing", async () => {
    const { world, id } = await misread("planned");
    const before = await world.channel("planned");
    const plan = await planReplay(world, { ids: [id] });

    expect(plan).toMatchObject([
      {
        channel: "planned",
        before: { state: "idle" },
        after: { hold: { reason: "replay" }, host: { present: true } },
        leadsTo: { state: "idle", hold: { reason: "replay" } },
        effects: ["EnsureLiveInput"],
        isPaid: true,
        hold: true,
        differs: true,
      },
    ]);
    expect(await world.channel("planned")).toEqual(before);
    expect(await getEvent(file.database, id)).toMatchObject({ status: "unrecognised", appliedVersion: null });
  });

  it("without --act repairs the projection, holds the channel and calls nobody", async () => {
    const { world, id } = await misread("held");
    const [done] = await replay(world, { ids: [id] });
    await world.advancing.advance(done?.channelId ?? 0);

    const { state } = await world.channel("held");
    expect(state.host.present).toBe(true);
    expect(state.hold?.reason).toBe("replay");
    expect(await world.effects("held")).toEqual([]);
    expect(await getEvent(file.database, id)).toMatchObject({ status: "applied" });
    expect(await world.history("held")).toEqual(["rtc.103", "HoldSet"]);
    expect(await rebuildChannel(file.database, done?.channelId ?? 0, world.rules)).toMatchObject({ differs: false });
  });

  it("once the bug is mended lifts the hold that an earlier one had to set, and starts nothing", async () => {
    const world = file.open();
    const channel = "mended";
    const knowsNeither: typeof interpret = (stored) =>
      stored.type === "rtc.103" || stored.type === "rtc.104"
        ? { kind: "unrecognised", note: "not known yet" }
        : interpret(stored);
    const ids = await deliverWith(
      world,
      knowsNeither,
      rtcEvent(103, { channel, uid: 7, seq: 1 }),
      rtcEvent(104, { channel, uid: 7, seq: 2 }),
    );
    // Half mended: the host has come and never left.
    const half = { ...world.rules, interpret: withoutReading("rtc.104") };
    const [held] = await replay(world, { ids }, { act: false }, half);
    expect(held).toMatchObject({ hold: true, lifted: false, after: { hold: { reason: "replay" } } });

    const [mended] = await replay(world, { ids });
    expect(mended).toMatchObject({ hold: false, lifted: true, effects: [], after: { hold: null } });
    await world.advancing.advance(mended?.channelId ?? 0);
    expect(await world.history(channel)).toEqual(["rtc.103", "rtc.104", "HoldSet", "HoldCleared"]);
    expect((await world.channel(channel)).state).toMatchObject({ hold: null, host: { present: false }, session: null });
    expect(await world.effects(channel)).toEqual([]);
    expect(await rebuildChannel(file.database, mended?.channelId ?? 0, world.rules)).toMatchObject({ differs: false });
  });

  it("with --act the channel goes on as if the event had been understood", async () => {
    const { world, id } = await misread("acted");
    const [done] = await replay(world, { ids: [id] }, { act: true });
    expect(done).toMatchObject({ hold: false, effects: ["EnsureLiveInput"], leadsTo: { state: "starting" } });
    await world.advancing.advance(done?.channelId ?? 0);

    expect((await world.channel("acted")).state.session?.number).toBe(1);
    expect(await world.effects("acted")).toMatchObject([{ type: "EnsureLiveInput", status: "open" }]);
  });

  it("folds an event at its place, so that a leave after it still counts", async () => {
    const world = file.open();
    const [join = 0] = await deliverWith(
      world,
      withoutReading("rtc.103"),
      rtcEvent(103, { channel: "placed", uid: 7, seq: 1 }),
    );
    await world.deliver(rtcEvent(104, { channel: "placed", uid: 7, seq: 2 }));
    expect(await planReplay(world, { ids: [join] })).toMatchObject([{ hold: false, effects: [], isPaid: false }]);
    await replay(world, { ids: [join] });

    expect(await world.history("placed")).toEqual(["rtc.103", "rtc.104"]);
    expect((await world.channel("placed")).state).toMatchObject({ hold: null, host: { present: false } });
  });

  it("of what was folded before changes nothing, however often it is done", async () => {
    const world = file.open();
    await broadcast(world, "idempotent");
    const before = await world.channel("idempotent");
    const events = await listEvents(file.database, { channel: "idempotent", limit: 1000 });
    expect(await selectEvents(file.database, { channel: "idempotent" })).toMatchObject({ events: events.length });
    expect(await replay(world, { channel: "idempotent" })).toMatchObject([{ differs: false, changes: [] }]);
    expect(await replay(world, { channel: "idempotent" })).toMatchObject([{ differs: false }]);

    expect(await world.channel("idempotent")).toEqual(before);
    expect(await listEvents(file.database, { channel: "idempotent", limit: 1000 })).toEqual(events);
  });
});
