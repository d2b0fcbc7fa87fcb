import { describe, expect, it } from "vitest";

import { rebuildChannel } from "../../src/engine/index.ts";
import { rowsOf } from "../../src/eventlog/index.ts";
import { defaultPolicy } from "../../src/live/index.ts";
import { createEndpoint, createVault } from "../../src/notifications/index.ts";
import { useWorlds, type World } from "../engine/world.ts";
import { ingestEvent, rtcEvent } from "../eventlog/deliveries.ts";

const file = useWorlds();
const vault = createVault("a certificate");
/** Viewers can watch as soon as it is asked. */
const playsAtOnce = { policy: { ...defaultPolicy, playableCheckMs: [0] } };

interface Told {
  type: string;
  body: { type: string; timestamp: string; data: Record<string, unknown> & { status: Record<string, unknown> } };
  eventType: string;
  /** Of the channel, with that decision. */
  version: number;
}

const told = (channel: string) =>
  rowsOf<Told>(
    file.database.knex,
    `select n.type, n.body::jsonb as body, e.type as "eventType",
       e.applied_version as version
     from tally.notifications n
     join tally.channels c on c.id = n.channel_id join tally.events e on e.id = n.event_id
     where c.name = :channel order by n.number`,
    { channel },
  );
const deliveries = (endpointId: string) =>
  rowsOf<{ type: string }>(
    file.database.knex,
    `select n.type from tally.notification_deliveries d join tally.notifications n on n.id = d.notification_id
     where d.endpoint_id = :endpointId order by d.id`,
    { endpointId },
  );

async function goLive(world: World, channel: string): Promise<void> {
  await world.deliver(rtcEvent(103, { channel, uid: 7 }));
  await world.performAll();
  await world.deliver(ingestEvent("connected", `input-of-${channel}`, "2026-01-01T00:00:00.000000001Z"));
  await world.performAll();
}

const video = (uid: string) => ({
  type: "VideoProcessed" as const,
  video: uid,
  ready: true,
  createdAt: null,
  durationSeconds: 60,
  hls: "https://customer-test.cloudflarestream.com/v/manifest/video.m3u8",
  dash: null,
  thumbnail: null,
  error: null,
});

describe("what is decided to be told", () => {
  it("is written with its decision: the whole status at that version, for each endpoint that wants it", async () => {
    const all = await createEndpoint(file.database, vault, { url: "https://a.example.com/" });
    const some = await createEndpoint(file.database, vault, {
      url: "https://b.example.com/",
      events: ["live.started"],
    });
    const off = await createEndpoint(file.database, vault, { url: "https://c.example.com/", enabled: false });
    const world = file.open(playsAtOnce);
    await goLive(world, "told");

    const { id } = await world.channel("told");
    const [started, playable] = await told("told");
    expect([started?.type, playable?.type]).toEqual(["live.started", "live.playable"]);
    expect(started?.eventType).toBe("Announced");
    expect(started?.body).toMatchObject({
      type: "live.started",
      timestamp: started?.body.data.status.updatedAt,
      data: {
        channel: "told",
        channelId: id,
        hostUserId: null,
        sessionId: `${id}-1`,
        status: { channel: "told", live: true, state: "recording", version: started?.version },
      },
    });
    expect((await deliveries(all.endpoint.id)).map(({ type }) => type)).toEqual(["live.started", "live.playable"]);
    expect((await deliveries(some.endpoint.id)).map(({ type }) => type)).toEqual(["live.started"]);
    expect(await deliveries(off.endpoint.id)).toEqual([]);
  });

  it("is told once, whatever is rebuilt or advanced afterwards", async () => {
    const world = file.open(playsAtOnce);
    await goLive(world, "once");
    const before = await world.channel("once");
    const rebuilt = await rebuildChannel(file.database, before.id, world.rules);
    expect(rebuilt).toMatchObject({ differs: false });
    await world.advancing.advance(before.id);
    expect(await told("once")).toHaveLength(2);
  });

  it("is a video once per session and video, though it is heard of again; and a rebuild gives the same", async () => {
    const world = file.open(playsAtOnce);
    await goLive(world, "filmed");
    await world.ask("filmed", video("video-1"));
    await world.ask("filmed", video("video-1"));
    await world.ask("filmed", video("video-2"));
    await world.ask("filmed", video("video-1"));

    const { id } = await world.channel("filmed");
    const ready = (await told("filmed")).filter(({ type }) => type === "video.ready");
    expect(ready.map(({ body }) => body.data)).toMatchObject([
      { sessionId: `${id}-1`, video: { uid: "video-1", durationSeconds: 60, hls: video("video-1").hls } },
      { sessionId: `${id}-1`, video: { uid: "video-2" } },
    ]);
    expect(await rebuildChannel(file.database, id, world.rules)).toMatchObject({ differs: false });
  });

  it("is a video once, though it broke in between and the log holds that it was told no more", async () => {
    const world = file.open(playsAtOnce);
    await goLive(world, "forgotten");
    await world.ask("forgotten", video("video-3"));
    await world.ask("forgotten", { ...video("video-3"), ready: false, error: { code: "ERR", message: "no" } });
    await file.database.knex.raw(`
      update tally.notifications set event_id = null;
      delete from tally.events where dedupe_key like '%:announced:%:video:video-3'`);
    await world.ask("forgotten", video("video-3"));
    // Those whose event is there.
    expect((await told("forgotten")).filter(({ type }) => type === "video.ready")).toEqual([]);
  });
});
