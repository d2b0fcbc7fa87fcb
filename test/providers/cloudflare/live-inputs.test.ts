import { inspect } from "node:util";

import { describe, expect, it, onTestFinished } from "vitest";

import { createCloudflareTransport, createLiveInputs } from "../../../src/providers/index.ts";
import { namedSlot, testDeps } from "../support/deps.ts";
import { inTurn, json, listen, refusingUrl, type Respond, silence, text } from "../support/http-server.ts";

const uid = "66be4bf738797e01e1fca35a7bdecdcd";
const streamKey = `${"2f".repeat(16)}k${uid}`;
const root = "/client/v4/accounts/account-1/stream/live_inputs";

/** What the API answers for one live input. */
const answered = {
  uid,
  created: "2026-02-01T08:00:00.123456Z",
  modified: "2026-02-01T08:00:00.123456Z",
  enabled: true,
  meta: { name: "shoes", tallyChannel: "shoes" },
  recording: { mode: "automatic", timeoutSeconds: 60, requireSignedURLs: false, allowedOrigins: null },
  deleteRecordingAfterDays: 30,
  preferLowLatency: false,
  rtmps: { url: "rtmps://live.cloudflare.com:443/live/", streamKey },
  webRTC: { url: `https://customer-m033z5x00ks6nunl.cloudflarestream.com/${streamKey}/webRTC/publish` },
  status: null as unknown,
};

const envelope = (result: unknown) => ({ success: true, errors: [], messages: [], result });
const failure = (code: number, message: string) => ({
  success: false,
  errors: [{ code, message }],
  messages: [],
  result: null,
});

const asTheyAre = { requireSignedUrls: false, deleteRecordingAfterDays: null };

async function liveInputs(
  respond: Respond,
  given: { apiUrl?: string; timeoutMs?: number; settings?: Parameters<typeof createLiveInputs>[1] } = {},
) {
  const { url, received } = await listen(respond);
  const deps = testDeps();
  const { apiUrl = `${url}/client/v4`, timeoutMs, settings = asTheyAre } = given;
  const transport = createCloudflareTransport(
    { apiUrl, accountId: "account-1", apiToken: "cf-token", timeoutMs },
    deps,
  );
  onTestFinished(() => transport.close());
  return { client: createLiveInputs(transport, settings, deps.log), received, deps };
}

describe("get", () => {
  const getting = (changes: object) => json(200, envelope({ ...answered, ...changes }));

  it("gives the live input, with the push URL in one piece", async () => {
    const { client, received } = await liveInputs(getting({ status: { current: { state: "connected" } } }));
    const result = await client.get(uid);
    expect(result).toMatchObject({
      ok: true,
      liveInput: {
        uid,
        enabled: true,
        state: "connected",
        playbackBase: "https://customer-m033z5x00ks6nunl.cloudflarestream.com",
      },
    });
    expect(result.ok && result.liveInput.rtmpUrl.reveal()).toBe(`rtmps://live.cloudflare.com:443/live/${streamKey}`);
    expect(received).toMatchObject([
      { method: "GET", url: `${root}/${uid}`, headers: { authorization: "Bearer cf-token" } },
    ]);
  });

  it("needs no more than the uid and where to push", async () => {
    const { client } = await liveInputs(json(200, envelope({ uid, rtmps: answered.rtmps })));
    expect(await client.get(uid)).toMatchObject({
      ok: true,
      liveInput: { uid, enabled: true, state: "unknown", playbackBase: null },
    });
  });

  it("puts a slash between URL and key where there is none", async () => {
    const { client } = await liveInputs(getting({ rtmps: { url: "rtmps://ingest.example/live", streamKey: "k1" } }));
    const result = await client.get(uid);
    expect(result.ok && result.liveInput.rtmpUrl.reveal()).toBe("rtmps://ingest.example/live/k1");
  });

  it.each([
    [
      { playback: { hls: "https://customer-abc.cloudflarestream.com/x/manifest/video.m3u8" }, webRTC: undefined },
      "https://customer-abc.cloudflarestream.com",
    ],
    [{ webRTC: null }, null],
    [{ webRTC: { url: "https://customer-abc.cloudflarestream.com.evil.example/x" } }, null],
    [{ webRTC: { url: "http://customer-abc.cloudflarestream.com/x" } }, null],
  ])("takes the playback host only from Cloudflare's own: %#", async (changes, playbackBase) => {
    const { client } = await liveInputs(getting(changes));
    expect(await client.get(uid)).toMatchObject({ ok: true, liveInput: { playbackBase } });
  });

  it("says that it is gone", async () => {
    const { client } = await liveInputs(json(404, failure(10003, "Not Found: Live Input not found")));
    expect(await client.get(uid)).toEqual({
      ok: false,
      final: false,
      notFound: true,
      retryAfterMs: null,
      error: {
        provider: "cloudflare",
        operation: "get_live_input",
        status: 404,
        code: 10003,
        message: "Not Found: Live Input not found",
      },
    });
  });

  it.each([
    ["a bad value", json(400, failure(10060, "must be between 30 and 1096 days")), { final: true }],
    ["a bad token", json(401, failure(1000, "Invalid API Token")), { final: true }],
    ["no subscription", json(403, failure(10002, "Unauthorized")), { final: true }],
    ["an address that leads nowhere", json(404, failure(7003, "Could not route")), { final: true }],
    ["a 404 of somebody else's", text(404, "<html>"), { final: true }],
    ["a redirect", text(301, ""), { final: true }],
    [
      "too many requests",
      json(429, failure(971, "limit"), { "retry-after": "300" }),
      { final: false, retryAfterMs: 300_000 },
    ],
    ["a failing server", json(500, failure(10001, "internal")), { final: false }],
    ["a failing gateway", text(502, "<html>"), { final: false }],
    ["a request timeout", text(408, ""), { final: false }],
    ["a 200 that says no", json(200, failure(1, "no")), { final: false }],
    ["a 200 without an envelope", json(200, answered), { final: false }],
    ["a live input without a push URL", getting({ rtmps: undefined }), { final: false }],
    ["a push URL that is none", getting({ rtmps: { url: "https://x.example", streamKey } }), { final: false }],
    ["silence", silence, { final: false }],
  ])("is refused by %s", async (_name, respond, expected) => {
    const { client } = await liveInputs(respond, respond === silence ? { timeoutMs: 100 } : {});
    expect(await client.get(uid)).toMatchObject({ ok: false, notFound: false, retryAfterMs: null, ...expected });
  });

  it("may be tried again when the connection is refused", async () => {
    const { client } = await liveInputs(silence, { apiUrl: await refusingUrl() });
    expect(await client.get(uid)).toMatchObject({ ok: false, final: false, error: { status: null, code: null } });
  });

  it("tells no key and no token", async () => {
    const { client, deps } = await liveInputs(inTurn(getting({}), json(400, failure(9, `cf-token ${streamKey}`))));
    const told = inspect([await client.get(uid), await client.get(uid)], { depth: 9 }) + deps.text();
    expect(told).toContain("[redacted] [redacted]");
    expect(told).not.toContain("cf-token");
    expect(told).not.toContain(streamKey);
    expect(told).not.toContain("2f2f2f");
  });
});

describe("findByChannel", () => {
  const row = (id: string, created: string, tallyChannel?: string) => ({ uid: id, created, meta: { tallyChannel } });
  const rows = [
    row("other", "2026-01-01T00:00:00Z", "hats"),
    row("younger", "2026-01-03T00:00:00Z", "shoes"),
    row("older", "2026-01-02T00:00:00Z", "shoes"),
    row("unmarked", "2025-01-01T00:00:00Z"),
    { uid: "bare", created: "2025-01-01T00:00:00Z", meta: null },
  ];

  it.each([
    ["as the API reference says", { liveInputs: rows, range: 1000, total: 5 }],
    ["as a bare array", rows],
  ])("finds the oldest of the channel in a list %s", async (_name, result) => {
    const { client, received } = await liveInputs(json(200, envelope(result)));
    expect(await client.findByChannel("shoes")).toEqual({ ok: true, uid: "older" });
    expect(received).toMatchObject([{ method: "GET", url: root, body: undefined }]);
  });

  it("finds none by half a name", async () => {
    const { client } = await liveInputs(json(200, envelope({ liveInputs: rows })));
    expect(await client.findByChannel("shoe")).toEqual({ ok: true, uid: null });
  });

  it("does not take an answer without a list for an empty one", async () => {
    const { client } = await liveInputs(json(200, envelope({ inputs: [] })));
    expect(await client.findByChannel("shoes")).toMatchObject({ ok: false, final: false, notFound: false });
  });
});

describe("create", () => {
  it("makes a live input that carries the channel's name and can be watched", async () => {
    const { client, received } = await liveInputs(json(200, envelope(answered)));
    expect(await client.create("shoes")).toMatchObject({ ok: true, liveInput: { uid, state: "disconnected" } });
    expect(received).toMatchObject([{ method: "POST", url: root }]);
    expect(received[0]?.body).toEqual({
      meta: { name: "shoes", tallyChannel: "shoes" },
      recording: { mode: "automatic", timeoutSeconds: 60 },
    });
  });

  it.each([["off"], [undefined]])("does not accept one that cannot be watched: %s", async (mode) => {
    const { client } = await liveInputs(json(200, envelope({ ...answered, recording: { mode } })));
    expect(await client.create("shoes")).toMatchObject({
      ok: false,
      final: true,
      error: { operation: "create_live_input", message: expect.stringContaining(`recording mode "${mode}"`) as string },
    });
  });

  it("sends one request, whatever becomes of it: a second could make a second", async () => {
    const { client, received } = await liveInputs(json(500, failure(10001, "internal")));
    expect(await client.create("shoes")).toMatchObject({ ok: false, final: false });
    expect(received).toHaveLength(1);
  });
});

describe("setEnabled", () => {
  it("sends back everything that it read, so that nothing is lost", async () => {
    const { client, received, deps } = await liveInputs(json(200, envelope(answered)));
    const options = { slot: namedSlot("mine", deps.happened), context: { channel: "shoes" } };
    expect(await client.setEnabled(uid, false, options)).toEqual({ ok: true });
    expect(received).toMatchObject([
      { method: "GET", url: `${root}/${uid}` },
      { method: "PUT", url: `${root}/${uid}` },
    ]);
    expect(received[1]?.body).toEqual({
      meta: answered.meta,
      recording: answered.recording,
      preferLowLatency: false,
      deleteRecordingAfterDays: 30,
      enabled: false,
    });
    expect(deps.happened).toEqual(["mine ready", "reserve cloudflare 1", "slot 1 ready"]);
    expect(deps.lines()).toMatchObject([{ channel: "shoes" }, { channel: "shoes" }]);
  });

  it("needs no result in the answer", async () => {
    const { client } = await liveInputs(inTurn(json(200, envelope(answered)), json(200, { success: true })));
    expect(await client.setEnabled(uid, true)).toEqual({ ok: true });
  });

  it.each([
    ["read", [json(404, failure(10003, "gone"))], 1],
    ["written", [json(200, envelope(answered)), json(404, failure(10003, "gone"))], 2],
  ] as [string, [Respond, ...Respond[]], number][])("fails when it cannot be %s", async (_name, answers, calls) => {
    const { client, received } = await liveInputs(inTurn(...answers));
    expect(await client.setEnabled(uid, true)).toMatchObject({ ok: false, notFound: true });
    expect(received).toHaveLength(calls);
  });
});

describe("settings", () => {
  const settings = { requireSignedUrls: true, deleteRecordingAfterDays: 90 };
  const asWanted = {
    ...answered,
    recording: { ...answered.recording, requireSignedURLs: true },
    deleteRecordingAfterDays: 90,
  };
  const ignored = (lines: () => readonly { msg: string }[]) =>
    lines().filter(({ msg }) => msg === "live_input.settings_ignored");

  it("go into a new live input, the retention at the top where Cloudflare takes it", async () => {
    const { client, received, deps } = await liveInputs(json(200, envelope(asWanted)), { settings });
    expect(await client.create("shoes")).toMatchObject({ ok: true, liveInput: { signed: true, isAsConfigured: true } });
    expect(received[0]?.body).toMatchObject({
      deleteRecordingAfterDays: 90,
      recording: { mode: "automatic", timeoutSeconds: 60, requireSignedURLs: true },
    });
    expect(ignored(deps.lines)).toEqual([]);
  });

  it("are not sent when nothing is set, and any live input is as it should be then", async () => {
    const { client, received } = await liveInputs(json(200, envelope(answered)));
    expect(await client.create("shoes")).toMatchObject({
      ok: true,
      liveInput: { signed: false, isAsConfigured: true },
    });
    expect(Object.keys(received[0]?.body as object)).toEqual(["meta", "recording"]);
    expect((received[0]?.body as { recording: object }).recording).not.toHaveProperty("requireSignedURLs");
  });

  it("are put on an existing one with all else that it has", async () => {
    const { client, received } = await liveInputs(
      inTurn(json(200, envelope(answered)), json(200, envelope(answered)), json(200, envelope(asWanted))),
      { settings },
    );
    expect(await client.get(uid)).toMatchObject({ ok: true, liveInput: { signed: false, isAsConfigured: false } });
    expect(await client.configure(uid)).toMatchObject({ ok: true, liveInput: { signed: true, isAsConfigured: true } });
    expect(received[2]).toMatchObject({ method: "PUT", url: `${root}/${uid}` });
    expect(received[2]?.body).toEqual({
      meta: answered.meta,
      enabled: true,
      recording: asWanted.recording,
      preferLowLatency: false,
      deleteRecordingAfterDays: 90,
    });
  });

  it("that Cloudflare ignores are told of once, and not sent again", async () => {
    const { client, deps } = await liveInputs(json(200, envelope(answered)), { settings });
    expect(await client.configure(uid)).toMatchObject({ ok: true, liveInput: { signed: false, isAsConfigured: true } });
    expect(await client.get(uid)).toMatchObject({ ok: true, liveInput: { isAsConfigured: true } });
    expect(ignored(deps.lines)).toMatchObject([
      { liveInput: uid, wanted: settings, has: { requireSignedUrls: false, deleteRecordingAfterDays: 30 } },
    ]);
  });
});
