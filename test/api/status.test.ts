import { beforeAll, describe, expect, it } from "vitest";
import type { z } from "zod";

import { channelAnswer } from "../../src/api/schemas.ts";
import { statusAnswer } from "../../src/api/status-schema.ts";
import { listEvents } from "../../src/eventlog/index.ts";
import type { Status } from "../../src/live/index.ts";
import { apiKey, expectProblem, type Service, startService, useService } from "./service.ts";

const started = useService();
let service: Service;
beforeAll(() => {
  service = started();
});

async function register(name: string): Promise<number> {
  const response = await service.call("put", `/v1/channels/${name}`).expect(201);
  return channelAnswer.parse(response.body).id;
}

/** The answer, which fits the schema to the letter. */
async function statusOf(name: string): Promise<Status> {
  const response = await service.call("get", `/v1/channels/${name}/status`).expect(200);
  const status: Status = statusAnswer.parse(response.body);
  expect(status).toEqual(response.body);
  return status;
}

describe("GET /v1/channels/{name}/status", () => {
  it("has a schema that allows every status", () => {
    // Checked by the compiler: each of the two types fits the other.
    const toSchema = (status: Status): z.infer<typeof statusAnswer> => status;
    expect(toSchema).toBeTypeOf("function");
  });

  it("tells a broadcast from its start to its end", async () => {
    const channelId = await register("evening");
    expect(await statusOf("evening")).toMatchObject({ state: "idle", isRecording: false, live: false, playback: null });

    await service.notifyAndWait(103, "evening", 1001);
    const starting = await statusOf("evening");
    expect(starting).toMatchObject({ state: "starting", host: { present: true }, sessionId: `${channelId}-1` });

    const playbackBase = "https://customer-a.cloudflarestream.com";
    await service.tell(channelId, { type: "LiveInputReady", liveInput: "input-1", playbackBase });
    expect(await statusOf("evening")).toMatchObject({ state: "starting", relay: { state: "requested" } });
    const start = { session: 1, attempt: 1, uid: 999_000 + channelId, resourceId: "resource-1" };
    await service.tell(
      channelId,
      { type: "RecorderAcquired", ...start },
      { type: "RecorderStartAccepted", resourceId: "resource-1", recordingSid: "sid-1" },
    );
    expect(await statusOf("evening")).toMatchObject({ state: "recording", isRecording: true, live: false });

    const updatedAt = "2026-01-01T00:00:00.000000000Z";
    await service.tell(channelId, { type: "IngestConnected", liveInput: "input-1", updatedAt });
    const live = await statusOf("evening");
    expect(live).toMatchObject({
      state: "recording",
      live: true,
      ingest: { state: "connected" },
      playback: { hls: `${playbackBase}/input-1/manifest/video.m3u8` },
    });
    expect(live.version).toBeGreaterThan(starting.version);

    const error = { code: "ERR_UNSUPPORTED_VIDEO_CODEC", message: "Unsupported codec" };
    const later = "2026-01-01T00:00:01.000000000Z";
    await service.tell(channelId, { type: "IngestErrored", liveInput: "input-1", updatedAt: later, ...error });
    expect(await statusOf("evening")).toMatchObject({
      state: "error",
      reason: { code: "ingest_codec_unsupported" },
      ingest: { state: "errored", error },
    });
  });

  it("answers 404 for a channel that nobody knows", async () => {
    expectProblem(await service.call("get", "/v1/channels/nobody/status"), 404, "channel_unknown");
  });

  it("is tagged with its version, may be kept and must be asked about", async () => {
    await register("tagged");
    const response = await service.call("get", "/v1/channels/tagged/status").expect(200);
    expect(response.headers).toMatchObject({ etag: '"1"', "cache-control": "no-cache" });
    expect(response.type).toBe("application/json");
    expect(response.body).toMatchObject({ version: 1 });
  });

  it.each(['"1"', 'W/"1"', '"0", "1"', '"0" ,W/"1"', "*"])("answers 304 to If-None-Match: %s", async (tags) => {
    const path = `/v1/channels/${encodeURIComponent(`kept ${tags.length}`)}`;
    await service.call("put", path).expect(201);
    const response = await service.call("get", `${path}/status`).set("if-none-match", tags);
    expect(response.status).toBe(304);
    expect(response.headers).toMatchObject({ etag: '"1"', "cache-control": "no-cache" });
    expect(response.text).toBe("");
  });

  it.each(['"2"', "1", '"11"', 'W/"0"', "", '"0", "2"'])("answers 200 to If-None-Match: %s", async (tags) => {
    const path = `/v1/channels/${encodeURIComponent(`stale ${tags.length}`)}`;
    await service.call("put", path);
    await service.call("get", `${path}/status`).set("if-none-match", tags).expect(200);
  });

  it("answers 304 to fetch, which adds Cache-Control: no-cache when it is given an If-None-Match", async () => {
    await register("fetched");
    const headers = { authorization: `Bearer ${apiKey}`, "if-none-match": '"1"' };
    const response = await fetch(`${service.url}/v1/channels/fetched/status`, { headers });
    expect(response.status).toBe(304);
  });

  it("has a new tag once the state has changed", async () => {
    await register("moving");
    await service.notifyAndWait(103, "moving", 1001);
    const response = await service.call("get", "/v1/channels/moving/status").set("if-none-match", '"1"').expect(200);
    expect(response.headers.etag).toBe(`"${statusAnswer.parse(response.body).version}"`);
  });

  it("is the same for HEAD, without the body", async () => {
    await register("head");
    const response = await service.call("head", "/v1/channels/head/status").expect(200);
    expect(response.headers.etag).toBe('"1"');
    expect(response.text).toBeUndefined();
    await service.call("head", "/v1/channels/head/status").set("if-none-match", '"1"').expect(304);
    await service.call("head", "/v1/channels/nobody/status").expect(404);
  });
});

describe("POST /v1/channels/{name}/recording/start and /stop", () => {
  it("starts without a host, answers 202 with what it led to, and 202 again", async () => {
    const channelId = await register("manual");
    const first = await service.call("post", "/v1/channels/manual/recording/start").expect(202);
    expect(statusAnswer.parse(first.body)).toMatchObject({ state: "starting", sessionId: `${channelId}-1` });
    const second = await service.call("post", "/v1/channels/manual/recording/start").send({}).expect(202);
    expect(statusAnswer.parse(second.body)).toMatchObject({ state: "starting", sessionId: `${channelId}-1` });

    const events = await listEvents(service.database, { channel: "manual", type: "StartRequested" });
    expect(events).toHaveLength(2);
    for (const event of events) expect(event).toMatchObject({ source: "operator", status: "applied", channelId });
  });

  it("stops, answers 202 with a status that says so, and 202 again", async () => {
    await service.notifyAndWait(103, "halted", 1001);
    for (let i = 0; i < 2; i++) {
      const response = await service.call("post", "/v1/channels/halted/recording/stop").expect(202);
      expect(statusAnswer.parse(response.body)).toMatchObject({
        state: "stopped",
        hold: { reason: "operator_stop" },
        reason: { code: "operator_stop" },
      });
    }
  });

  it.each(["start", "stop"])("%s of an unknown channel is 404 and says to register it", async (verb) => {
    const response = await service.call("post", `/v1/channels/nowhere/recording/${verb}`);
    expectProblem(response, 404, "channel_unknown");
    expect(response.body).toMatchObject({ detail: expect.stringContaining("PUT /v1/channels/nowhere") as string });
  });

  it("refuses wishes that it would not fulfil, and does nothing then", async () => {
    await register("wishful");
    const response = await service.call("post", "/v1/channels/wishful/recording/start").send({ hostUid: 7 });
    expectProblem(response, 400, "invalid_request");
    expect(response.body).toMatchObject({ errors: [{ path: "hostUid" }] });
    expect(await statusOf("wishful")).toMatchObject({ state: "idle" });
  });
});

describe("a failing advance", () => {
  it("doesn't make an accepted request fail: the event is in the log, and the sweep goes on with it", async () => {
    const broken = await startService(service.database, { advance: () => Promise.reject(new Error("deadlock")) });
    try {
      await broken.call("put", "/v1/channels/unlucky").expect(201);
      await broken.call("post", "/v1/channels/unlucky/recording/start").expect(202);
      expect(broken.lines.filter(({ msg }) => msg === "api.advance_failed")).toHaveLength(2);
      const events = await listEvents(service.database, { channel: "unlucky", status: "pending" });
      expect(events.map((event) => event.type)).toEqual(["StartRequested", "ChannelRegistered"]);
    } finally {
      await broken.close();
    }
  });
});
