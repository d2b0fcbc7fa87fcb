import { beforeAll, describe, expect, it } from "vitest";

import { channelAnswer } from "../../src/api/schemas.ts";
import { sessionAnswer, sessionListAnswer } from "../../src/api/sessions/schemas.ts";
import { expectProblem, prices, type Service, useService } from "./service.ts";

const started = useService();
let service: Service;
beforeAll(() => {
  service = started();
});

const video = {
  type: "VideoProcessed",
  video: "video-1",
  ready: true,
  createdAt: null,
  durationSeconds: 61.5,
  hls: "https://customer-a.cloudflarestream.com/video-1/manifest/video.m3u8",
  dash: null,
  thumbnail: null,
  error: null,
} as const;

/** A channel with one manual session that is over. */
async function channelWithHistory(name: string): Promise<number> {
  const response = await service.call("put", `/v1/channels/${name}`).expect(201);
  const { id } = channelAnswer.parse(response.body);
  await service.call("post", `/v1/channels/${name}/recording/start`).expect(202);
  await service.call("post", `/v1/channels/${name}/recording/stop`).expect(202);
  return id;
}

describe("GET /v1/sessions/{id}", () => {
  it("tells a session as it stands", async () => {
    await service.call("put", "/v1/channels/open").send({ id: 10 }).expect(201);
    await service.notifyAndWait(103, "open", 1001);
    const response = await service.call("get", "/v1/sessions/10-1").expect(200);
    const session = sessionAnswer.parse(response.body);
    expect(session).toEqual({
      id: "10-1",
      channel: "open",
      channelId: 10,
      number: 1,
      cause: "host",
      openedAt: session.openedAt,
      liveAt: null,
      closedAt: null,
      endReason: null,
      recordedSeconds: 0,
      recordedSecondsWithoutHost: 0,
      cost: {
        currency: "USD",
        amount: 0,
        asOf: prices.asOf,
        resolution: "HD",
        agora: { cloudRecording: { seconds: 0, amount: 0 }, mediaPush: { seconds: 0, amount: 0 } },
        cloudflare: { storedMonth: { seconds: 0, amount: 0 } },
      },
      upload: null,
      recordingSids: [],
      files: [],
      drops: [],
      video: null,
      videos: [],
    });
    expect(Date.parse(session.openedAt)).toBeGreaterThan(Date.now() - 60_000);
  });

  it("counts on while a recorder runs, though nothing happens", async () => {
    await service.call("put", "/v1/channels/quietly").send({ id: 11 }).expect(201);
    await service.notifyAndWait(103, "quietly", 1001);
    const resourceId = "resource-11";
    await service.tell(
      11,
      { type: "RecorderAcquired", session: 1, attempt: 1, uid: 999_011, resourceId },
      { type: "RecorderStartAccepted", resourceId, recordingSid: "sid-11" },
    );
    // As if the last event had been 40 minutes ago.
    await service.database.knex.raw(
      `update tally.sessions set counting = jsonb_set(counting, '{since}', to_jsonb((counting ->> 'since')::float8 - 2400000))
       where id = '11-1'`,
    );
    const response = await service.call("get", "/v1/sessions/11-1").expect(200);
    const { recordedSeconds, recordedSecondsWithoutHost, cost } = sessionAnswer.parse(response.body);
    expect(recordedSeconds).toBeGreaterThanOrEqual(2400);
    expect(recordedSecondsWithoutHost).toBe(0);
    expect(cost.agora.cloudRecording.seconds).toBe(recordedSeconds);
  });

  it("shows what came of it: recordings, files and the video", async () => {
    const channelId = await channelWithHistory("over");
    await service.tell(channelId, video);
    const { knex } = service.database;
    await knex.raw(
      `update tally.sessions set recording_sids = '{sid-1,sid-2}', files = '["a.m3u8"]', recorded_seconds = 12.5,
       recorded_seconds_without_host = 2.25, recorded_seconds_media_push = 3, resolution = 'FHD' where channel_id = ?`,
      [channelId],
    );
    const response = await service.call("get", `/v1/sessions/${channelId}-1`).expect(200);
    const { uid, ...links } = { uid: video.video, ready: true, hls: video.hls, dash: null, thumbnail: null };
    expect(sessionAnswer.parse(response.body)).toMatchObject({
      cause: "manual",
      endReason: "operator_stop",
      closedAt: expect.any(String) as string,
      recordingSids: ["sid-1", "sid-2"],
      files: ["a.m3u8"],
      upload: null,
      recordedSeconds: 12.5,
      recordedSecondsWithoutHost: 2.25,
      // 9.5 s at 20 and 3 s at 15 for a thousand minutes, and 61.5 s stored at 1.
      cost: {
        amount: 0.004942,
        resolution: "FHD",
        agora: { cloudRecording: { seconds: 9.5, amount: 0.003167 }, mediaPush: { seconds: 3, amount: 0.00075 } },
        cloudflare: { storedMonth: { seconds: 61.5, amount: 0.001025 } },
      },
      video: {
        uid,
        ...links,
        readyAt: expect.any(String) as string,
        durationSeconds: 61.5,
        error: null,
        deletedAt: null,
      },
    });
  });

  it("shows why there is no video", async () => {
    const channelId = await channelWithHistory("novideo");
    const error = { code: "ERR_NON_VIDEO", message: "no video" };
    await service.tell(channelId, { ...video, video: "video-2", ready: false, hls: null, error });
    const response = await service.call("get", `/v1/sessions/${channelId}-1`).expect(200);
    expect(sessionAnswer.parse(response.body).video).toMatchObject({ uid: "video-2", ready: false, error });
  });

  it.each(["999-1", "nothing", "%00", "1-1'--", "%F0%9F%98%80", "9".repeat(300)])("answers 404 for %s", async (id) => {
    expectProblem(await service.call("get", `/v1/sessions/${id}`), 404, "session_unknown");
  });
});

describe("GET /v1/channels/{name}/sessions", () => {
  it("lists a channel's sessions newest first, a page at a time, and nobody else's", async () => {
    await channelWithHistory("neighbour");
    const channelId = await channelWithHistory("often");
    for (let i = 0; i < 4; i++) {
      await service.call("post", "/v1/channels/often/recording/start").expect(202);
      await service.call("post", "/v1/channels/often/recording/stop").expect(202);
    }
    const numbers: number[] = [];
    let path: string | null = "/v1/channels/often/sessions?limit=2";
    while (path !== null) {
      const page = sessionListAnswer.parse((await service.call("get", path).expect(200)).body);
      for (const session of page.items) expect(session).toMatchObject({ channel: "often", channelId });
      numbers.push(...page.items.map((session) => session.number));
      path = page.next === null ? null : `/v1/channels/often/sessions?limit=2&after=${page.next}`;
    }
    expect(numbers).toEqual([5, 4, 3, 2, 1]);
  });

  it("is empty for a channel that was never live", async () => {
    await service.call("put", "/v1/channels/quiet").expect(201);
    const response = await service.call("get", "/v1/channels/quiet/sessions").expect(200);
    expect(response.body).toEqual({ items: [], next: null });
  });

  it("answers 404 for an unknown channel", async () => {
    expectProblem(await service.call("get", "/v1/channels/nobody/sessions"), 404, "channel_unknown");
  });

  it.each(["after=0", "after=x", "after=3000000000", "limit=1001"])("refuses ?%s", async (query) => {
    const response = await service.call("get", `/v1/channels/quiet/sessions?${query}`);
    expectProblem(response, 400, "invalid_request");
    expect(response.body).toMatchObject({ errors: [{ path: query.split("=")[0] }] });
  });
});
