import { jwtVerify } from "jose";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";

import { insertNotifications } from "../../src/notifications/record.ts";
import { createPlaybackLinks } from "../../src/playback/index.ts";
import { logLines } from "../support/log-lines.ts";
import { signedLinks } from "../support/playback-links.ts";
import { useWorld } from "./world.ts";

const world = useWorld();
const base = "https://customer-a.cloudflarestream.com";
const hour = 3_600_000;
const tokenIn = (link: string | null | undefined) => /\.com\/([^/]+)\//.exec(link ?? "")?.[1] ?? "";

interface Body {
  data: {
    status: { playback: Record<"hls" | "dash" | "iframe", string> | null };
    video: Record<"hls" | "dash" | "thumbnail", string | null>;
  };
}

/** What is told of a video while the next session is on the air already. */
const body = JSON.stringify({
  type: "video.ready",
  data: {
    video: {
      uid: "video-1",
      hls: `${base}/video-1/manifest/video.m3u8`,
      dash: null,
      thumbnail: `${base}/video-1/t.jpg`,
    },
    status: {
      playback: {
        hls: `${base}/input-1/manifest/video.m3u8`,
        dash: `${base}/input-1/manifest/video.mpd`,
        iframe: `${base}/input-1/iframe`,
      },
    },
  },
});

async function tell(signed: { liveInput?: boolean; video?: boolean } = {}): Promise<void> {
  const { knex, schema } = world().database;
  const played = (uid: string, is: boolean | undefined) => (is === undefined ? { uid } : { uid, signed: is });
  const links = { liveInput: played("input-1", signed.liveInput), video: played("video-1", signed.video) };
  const about = { channelId: null, session: null, type: "video.ready" as const, eventId: null };
  await knex.transaction((trx) => insertNotifications(trx, schema, [{ ...about, body, links }]));
}

const received = () => world().receiver.received.map((each) => (JSON.parse(each.body) as Body).data);

describe("the links in a notification", () => {
  it("that must be signed are so in each attempt afresh, under one id, and are kept plain", async () => {
    const { endpoint, notifier, receiver, rows } = world();
    const { secret } = await endpoint();
    const { links, clock, publicKey } = signedLinks({ tokenLifetimeMs: 4 * hour });
    receiver.answers.push((response) => {
      clock.now += 5 * hour;
      response.writeHead(503).end();
    });
    await tell();
    await notifier({ links }).idle();

    const ids = receiver.received.map(({ headers }) => headers["webhook-id"]);
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
    for (const each of receiver.received) {
      expect(new Webhook(secret).verify(each.body, each.headers)).toEqual(JSON.parse(each.body));
    }
    const [first, second] = received();
    const currentDate = new Date(clock.now);
    await expect(jwtVerify(tokenIn(first?.video.hls), publicKey, { currentDate })).rejects.toThrow('"exp"');
    const video = await jwtVerify(tokenIn(second?.video.hls), publicKey, { currentDate });
    expect(video.payload.sub).toBe("video-1");
    expect((video.payload.exp ?? 0) * 1_000 - clock.now).toBeGreaterThanOrEqual(3 * hour);
    expect(second?.video).toMatchObject({ dash: null, thumbnail: `${base}/${tokenIn(second?.video.hls)}/t.jpg` });
    const playback = second?.status.playback;
    expect((await jwtVerify(tokenIn(playback?.hls), publicKey, { currentDate })).payload.sub).toBe("input-1");
    expect(playback?.iframe).toBe(`${base}/${tokenIn(playback?.hls)}/iframe`);
    expect(await rows("select body from {schema}.notifications")).toEqual([{ body }]);
  });

  it("are signed as Cloudflare says of each", async () => {
    const { endpoint, notifier } = world();
    await endpoint();
    await tell({ liveInput: false, video: true });
    await notifier({ links: signedLinks().links }).idle();
    const [told] = received();
    expect(told?.status.playback?.hls).toBe(`${base}/input-1/manifest/video.m3u8`);
    expect(tokenIn(told?.video.hls)).not.toBe("video-1");
  });

  it("that need not be signed are sent as they are kept", async () => {
    const { endpoint, notifier, receiver } = world();
    await endpoint();
    await tell();
    await notifier().idle();
    expect(receiver.received.map((each) => each.body)).toEqual([body]);
  });

  it("are left out where they must be signed and there is no key", async () => {
    const { endpoint, notifier } = world();
    await endpoint();
    await tell();
    const settings = { signing: null, requireSigned: true, tokenLifetimeMs: hour };
    await notifier({ links: createPlaybackLinks(settings, { log: logLines().log }) }).idle();
    expect(received()).toEqual([
      { video: { uid: "video-1", hls: null, dash: null, thumbnail: null }, status: { playback: null } },
    ]);
  });
});
