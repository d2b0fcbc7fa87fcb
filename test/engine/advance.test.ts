import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { getEvent, listEvents, registerChannel, rowsOf } from "../../src/eventlog/index.ts";
import { defaultPolicy, initialState } from "../../src/live/index.ts";
import { ingestEvent, rtcEvent } from "../eventlog/deliveries.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { createWorld, useWorlds, type World } from "./world.ts";

const file = useWorlds();

describe("a host joins", () => {
  it("opens a session, asks for a live input, then for a recorder, and ends up live", async () => {
    const world = file.open();
    await world.deliver(rtcEvent(103, { channel: "show", uid: 7 }));
    expect(await world.history("show")).toEqual(["rtc.103", "SessionOpened", "LiveInputRequested"]);

    await world.performAll();
    await world.deliver(ingestEvent("connected", "input-of-show", "2026-01-01T00:00:00.000000001Z"));

    expect(await world.history("show")).toEqual([
      "rtc.103",
      "SessionOpened",
      "LiveInputRequested",
      "LiveInputReady",
      "RelayRequested",
      "RecorderAcquired",
      "RecorderStartAccepted",
      "live_input.connected",
      "Announced",
    ]);
    expect((await world.effects("show")).map(({ type, status, attempts }) => [type, status, attempts])).toEqual([
      ["EnsureLiveInput", "succeeded", 1],
      ["StartRelay", "succeeded", 1],
    ]);
    expect(world.fake.calls.map((call) => call.name)).toEqual([
      "findByChannel",
      "create",
      "get",
      "grant",
      "acquire",
      "start",
    ]);
  });

  it("writes the columns that people read", async () => {
    const world = file.open();
    await world.deliver(rtcEvent(103, { channel: "channel_31", uid: 7 }));
    await world.performAll();
    await world.deliver(ingestEvent("connected", "input-of-channel_31", "2026-01-01T00:00:00.000000001Z"));

    const [row] = await rowsOf<Record<string, unknown>>(
      file.database.knex,
      "select * from tally.channels where id = 31",
    );
    expect(row).toMatchObject({
      is_active: true,
      ended_at: null,
      stream_mode: "cloud-recording",
      hls_playback_url: "https://customer-test.cloudflarestream.com/input-of-channel_31/manifest/video.m3u8",
      relay_status: "running",
      streaming_platform: "cloudflare_stream",
      stream_key_id: "input-of-channel_31",
      agora_resource_id: "resource-1",
      agora_sid: "sid-of-resource-1",
    });
    expect(row?.started_at).toBeInstanceOf(Date);
    expect(row?.relay_started_at).toBeInstanceOf(Date);
  });
});

describe("advance", () => {
  it("changes nothing the second time, not even the version", async () => {
    const world = file.open();
    await world.deliver(rtcEvent(103, { channel: "twice", uid: 7 }));
    const before = await world.channel("twice");
    const result = await world.advancing.advance(before.id);

    expect(result).toMatchObject({ version: before.version, events: 0, decisions: [], effects: 0 });
    expect(await world.channel("twice")).toEqual(before);
  });

  it("knows no channel that isn't there", async () => {
    expect(await file.open().advancing.advance(123_456)).toBeNull();
  });

  it("says of each event what became of it", async () => {
    const world = file.open();
    const [join = 0, stale = 0, created = 0, broken = 0] = await world.deliver(
      rtcEvent(103, { channel: "fates", uid: 7, seq: 5 }),
      rtcEvent(104, { channel: "fates", uid: 7, seq: 4 }),
      rtcEvent(101, { channel: "fates", uid: 7 }),
      { ...rtcEvent(103, { channel: "fates", uid: 7 }), payload: { productId: 1, eventType: 103, noticeId: "x" } },
    );
    const { version } = await world.channel("fates");

    expect(await getEvent(file.database, join)).toMatchObject({
      status: "applied",
      note: null,
      appliedVersion: version,
    });
    expect(await getEvent(file.database, stale)).toMatchObject({
      status: "ignored",
      note: "clientSeq 4 is not newer than 5",
      appliedVersion: version,
    });
    expect(await getEvent(file.database, created)).toMatchObject({ status: "ignored", appliedVersion: null });
    expect(await getEvent(file.database, broken)).toMatchObject({ status: "unrecognised", appliedVersion: null });
  });

  it("goes on without an event that breaks our code", async () => {
    const world = file.open();
    await world.ask("broken", { type: "NoSuchEvent" } as never);
    const [failed] = await listEvents(file.database, { channel: "broken" });
    await world.deliver(rtcEvent(103, { channel: "broken", uid: 7 }));

    expect(failed).toMatchObject({ status: "failed", appliedVersion: null });
    expect(failed?.note).toContain("our code failed");
    expect((await world.channel("broken")).state.session?.number).toBe(1);
  });

  it("saves what it learnt when deciding breaks, and looks again later", async () => {
    const policy = {
      ...defaultPolicy,
      get stopGraceMs(): number {
        throw new Error("a bug");
      },
    };
    const world = file.open({ policy });
    await world.deliver(rtcEvent(103, { channel: "undecided", uid: 7, seq: 1 }));
    const before = Date.now();
    await world.deliver(rtcEvent(104, { channel: "undecided", uid: 7, seq: 2 }));
    const { state, wakeAt } = await world.channel("undecided");

    expect(state).toMatchObject({ host: { present: false }, session: { ending: null } });
    expect(wakeAt?.getTime()).toBeGreaterThan(before + 50_000);
  });

  it("folds more than one pass takes before it decides", async () => {
    const world = file.open({ channelPolicy: "registered" });
    const events = Array.from({ length: 1_100 }, (_, i) =>
      rtcEvent(i % 2 === 0 ? 103 : 104, { channel: "flood", uid: 7, seq: i + 1 }),
    );
    await world.deliver(...events, rtcEvent(103, { channel: "flood", uid: 7, seq: 9_999 }));
    const id = await registerChannel(file.database, "flood");
    await file.database.knex.raw("update tally.events set channel_id = ? where route_key = 'flood'", [id]);
    await world.advancing.advance(id);
    await world.advancing.idle();

    const history = await world.history("flood");
    expect(history.filter((type) => type === "SessionOpened")).toHaveLength(1);
    expect((await world.channel("flood")).version).toBe(3); // 500, 500, and 101 with the decision
  });

  it("of two processes that advance one channel, one decides and the other finds nothing to do", async () => {
    const worlds = [file.open({ channelPolicy: "registered" }), file.open({ channelPolicy: "registered" })];
    for (let round = 0; round < 20; round++) {
      const name = `two ${round}`;
      const [first] = worlds;
      await first?.deliver(rtcEvent(103, { channel: name, uid: 7 }));
      const id = await registerChannel(file.database, name);
      await file.database.knex.raw("update tally.events set channel_id = ? where route_key = ?", [id, name]);
      const results = await Promise.all(worlds.map((world) => world.advancing.advance(id)));

      expect(results.map((result) => result?.effects).sort()).toEqual([0, 1]);
      expect(await first?.effects(name)).toHaveLength(1);
    }
  });

  it("skips a channel that another has locked, when asked not to wait", async () => {
    const world = file.open();
    const id = await registerChannel(file.database, "locked");
    await file.database.knex.transaction(async (trx) => {
      await trx.raw("select from tally.channels where id = ? for no key update", [id]);
      expect(await world.advancing.advanceIfFree(id)).toBeNull();
    });
    expect(await world.advancing.advanceIfFree(id)).toMatchObject({ channelId: id });
  });
});

describe("viewers and hosts", () => {
  // A user publishes, and is then seen as audience without a 112: the host is gone.
  const join = () => rtcEvent(103, { channel: "", uid: 7, seq: 1 });
  const seen = () => rtcEvent(105, { channel: "", uid: 7, seq: 2 });
  const inChannel = (event: ReturnType<typeof join>, channel: string) => {
    const payload = event.payload as { payload: object };
    return {
      ...event,
      dedupeKey: `${channel} ${event.dedupeKey}`,
      route: { kind: "channel" as const, key: channel },
      payload: { ...payload, payload: { ...payload.payload, channelName: channel } },
    };
  };

  it.each([
    ["103 before 105", [join, seen]],
    ["105 before 103", [seen, join]],
  ])("%s: the host is gone", async (name, order) => {
    const world = file.open();
    for (const event of order) await world.deliver(inChannel(event(), name));
    expect((await world.channel(name)).state.host.present).toBe(false);
  });

  it("both at once, from two processes, many times: the host is gone", async () => {
    const [first, second] = [file.open(), file.open()];
    const names = Array.from({ length: 40 }, (_, i) => `both ${i}`);
    for (const name of names) await registerChannel(file.database, name);
    await Promise.all(
      names.flatMap((name) => [
        first.eventLog.append(inChannel(join(), name)),
        second.eventLog.append(inChannel(seen(), name)),
      ]),
    );
    for (const world of [first, second]) await world.eventLog.idle();
    for (const world of [first, second]) await world.advancing.idle();

    for (const name of names) expect((await first.channel(name)).state.host.present).toBe(false);
  });

  it("a viewer who never hosts leaves no trace in the channel", async () => {
    const world = file.open();
    await world.deliver(rtcEvent(103, { channel: "calm", uid: 7 }));
    const before = await world.channel("calm");
    const [id = 0] = await world.deliver(rtcEvent(105, { channel: "calm", uid: 8 }));

    expect(await world.channel("calm")).toEqual(before);
    expect(await getEvent(file.database, id)).toMatchObject({ status: "applied", appliedVersion: null });
  });
});

describe("once only", () => {
  it("a decision that the log holds already is not acted upon again", async () => {
    const world = file.open();
    await world.deliver(rtcEvent(103, { channel: "again", uid: 7 }));
    const { id } = await world.channel("again");
    // The state is lost, as by a bad repair; the log is not.
    await file.database.knex.raw("update tally.channels set state = ? where id = ?", [
      JSON.stringify(initialState(id)),
      id,
    ]);
    await file.database.knex.raw(
      "update tally.events set status = 'pending', applied_version = null where type = 'rtc.103' and channel_id = ?",
      [id],
    );
    await world.advancing.advance(id);

    expect((await world.channel("again")).state.session?.number).toBe(1);
    expect(await world.effects("again")).toHaveLength(1);
  });
});

describe("capacity (MAX_ACTIVE_RELAYS)", () => {
  let place: TestDatabase;
  let here: World[];

  beforeEach(async () => {
    place = await createTestDatabase();
    here = [1, 2].map(() => createWorld(place, { maxActiveRelays: 3 }));
  });
  afterEach(async () => {
    for (const world of here) await world.close();
    await place.drop();
  });

  const names = Array.from({ length: 12 }, (_, i) => `channel_${i + 1}`);

  it("is not exceeded, however many channels want the last place at once", async () => {
    const [first, second] = here as [World, World];
    await first.deliver(...names.map((channel) => rtcEvent(103, { channel, uid: 7 })));
    // All live inputs become ready at once, in two processes.
    const effects = (await Promise.all(names.map((name) => first.effects(name)))).flat();
    await Promise.all(effects.map(({ id }, i) => (i % 2 === 0 ? first : second).perform(id, { isLast: false })));

    const states = (await Promise.all(names.map((name) => first.channel(name)))).map(({ state }) => state);
    expect(states.filter(({ relay }) => relay !== null)).toHaveLength(3);
    expect(states.filter(({ session }) => session?.failure?.kind === "capacity")).toHaveLength(9);
  });

  it("goes to the one that waits longest when a place becomes free", async () => {
    const [world] = here as [World, World];
    for (const channel of names.slice(0, 5)) {
      await world.deliver(rtcEvent(103, { channel, uid: 7 }));
      await world.performAll();
    }
    const hasPlace = async (name: string) => (await world.channel(name)).state.relay !== null;
    expect(await hasPlace("channel_4")).toBe(false);

    await world.ask("channel_2", { type: "StopRequested" });
    expect([await hasPlace("channel_2"), await hasPlace("channel_4"), await hasPlace("channel_5")]).toEqual([
      false,
      true,
      false,
    ]);
  });
});
