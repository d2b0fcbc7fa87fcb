import fetch from "node-fetch";
import { afterEach, beforeEach, expect, test } from "vitest";

import { createSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { createInput, liveInputBody, startRecorder } from "./bodies.ts";
import { agoraClient, call, cloudflareClient, env } from "./clients.ts";

const browser = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
const soon = <T>(read: () => Promise<T>) => expect.poll(read, { timeout: 10_000, interval: 20 });

let sandbox: Sandbox;
let uid: string;
let rtmpUrl: string;

beforeEach(async () => {
  // The hold of 60 s lasts 600 ms.
  sandbox = await createSandbox({ settings: { pace: 0.01 } });
  ({ uid, rtmpUrl } = await createInput(cloudflareClient(sandbox)));
});
afterEach(() => sandbox.close());

async function get(path: string, userAgent = browser) {
  const response = await fetch(`${env(sandbox, "CLOUDFLARE_PLAYBACK_URL")}${path}`, {
    headers: { "user-agent": userAgent },
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const manifest = (id = uid) => get(`/${id}/manifest/video.m3u8`);
const lifecycle = async () => JSON.parse((await get(`/${uid}/lifecycle`)).text) as { live: boolean; videoUID: string };
const isLive = async () => (await lifecycle()).live;
const push = async () => (await startRecorder(agoraClient(sandbox), { rtmpUrl })).sid;

/** The media playlist that a manifest names. */
async function playlist(id = uid): Promise<string> {
  const [file] = /^stream_.*$/m.exec((await manifest(id)).text) ?? [];
  return (await get(`/${id}/manifest/${file}`)).text;
}

test("an input is not live, then live and playable some time after somebody has connected, by its own id", async () => {
  expect(await lifecycle()).toEqual({ isInput: true, videoUID: null, live: false });
  expect((await manifest()).status).toBe(204);

  sandbox.control.changeSettings({ delays: { playableMs: 20_000 } });
  await push();
  await sandbox.control.until("somebody publishes", ({ publishers }) => publishers.length === 1);
  expect((await manifest()).status).toBe(204);
  expect(await isLive()).toBe(false);

  await soon(isLive).toBe(true);
  const { status, headers, text } = await manifest();
  expect(status).toBe(200);
  expect(headers.get("content-type")).toBe("application/vnd.apple.mpegurl");
  expect(headers.get("access-control-allow-origin")).toBe("*");
  expect(text).toContain(`stream_${(await lifecycle()).videoUID}.m3u8`);
});

test("a playlist's files are there, and a live one has no end", async () => {
  await push();
  await soon(isLive).toBe(true);
  const live = await playlist();
  expect(live).not.toContain("#EXT-X-ENDLIST");
  const files = live.split("\n").filter((line) => line.startsWith("../media/"));
  expect(files).toHaveLength(3);
  for (const file of [...files, "../media/init.mp4"]) {
    const answer = await get(`/${uid}/manifest/${file}`, "a player");
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.headers.get("content-type")).toMatch(/^video\//);
  }
  expect((await get(`/${uid}/media/other.bin`)).status).toBe(404);
  expect((await get(`/${uid}/thumbnails/thumbnail.jpg`)).headers.get("content-type")).toBe("image/jpeg");
  expect((await get(`/${uid}/iframe`)).text).toContain("<video");
  expect((await get(`/${uid}/manifest/video.mpd`)).text).toContain("<MPD");
});

test("within the hold a broadcast goes on; after it the input is not live and the video is a recording with an end", async () => {
  sandbox.control.changeSettings({ pace: 0.001, delays: { videoReadyMs: 300_000 } });
  sandbox.control.changeSettings({ pace: 0.01 });
  const sid = await push();
  await soon(isLive).toBe(true);
  const { videoUID } = await lifecycle();

  sandbox.control.dropPush(sid);
  expect(await lifecycle()).toMatchObject({ live: true, videoUID });
  expect(await playlist()).not.toContain("#EXT-X-ENDLIST");
  sandbox.control.recoverPush(sid);
  await sandbox.control.until("it is back", ({ publishers }) => publishers.length === 2);
  expect(await lifecycle()).toMatchObject({ live: true, videoUID });

  const watched = (await manifest()).text.trim().split("\n").at(-1) ?? "";
  sandbox.control.dropPush(sid);
  await soon(isLive).toBe(false);
  expect((await manifest()).status).toBe(204);
  expect((await manifest(videoUID)).status).toBe(404); // not ready yet
  expect((await get(`/${uid}/manifest/${watched}`)).text).toContain("#EXT-X-ENDLIST");

  await soon(async () => (await manifest(videoUID)).status).toBe(200);
  expect(await playlist(videoUID)).toContain("#EXT-X-ENDLIST");
  await cloudflareClient(sandbox).remove(uid);
  expect((await manifest(videoUID)).status).toBe(200);
  expect((await manifest()).status).toBe(404);

  const video = await sandbox.control.record().webhooks.find(({ kind }) => kind === "cloudflare-video")?.body;
  const hls = `${env(sandbox, "CLOUDFLARE_PLAYBACK_URL")}/${videoUID}/manifest/video.m3u8`;
  expect(video).toMatchObject({ uid: videoUID, playback: { hls } });
});

test("the manifest is refused to who is no browser, and what else is refused can be chosen", async () => {
  const url = env(sandbox, "CLOUDFLARE_PLAYBACK_URL");
  expect(await get(`/${uid}/manifest/video.m3u8`, "node")).toMatchObject({ status: 403, text: "error code: 1010" });
  expect((await get(`/${uid}/lifecycle`, "node")).status).toBe(200);
  sandbox.control.changeSettings({ delivery: { browsersOnly: { manifest: false, lifecycle: true } } });
  expect((await get(`/${uid}/manifest/video.m3u8`, "node")).status).toBe(204);
  expect(await get(`/${uid}/lifecycle`, "node")).toMatchObject({ status: 403, text: "error code: 1010" });
  expect((await fetch(`${url}/none/lifecycle`, { headers: { "user-agent": browser } })).status).toBe(404);
  expect((await fetch(url.replace(/[^/]+$/, "other") + `/${uid}/lifecycle`)).status).toBe(404);
});

test("a broadcast may never become playable, and calls fail as planned", async () => {
  sandbox.control.changeSettings({ delays: { playableMs: 0 }, delivery: { neverPlayable: true } });
  await push();
  await sandbox.control.until("Cloudflare has told", ({ webhooks }) => webhooks.length > 0);
  expect(await isLive()).toBe(false);
  const page = { status: 502, headers: { "content-type": "text/html" }, body: "<h1>Bad gateway</h1>" };
  sandbox.control.planFaults({ operation: "playback.lifecycle", answer: page });
  expect(await get(`/${uid}/lifecycle`)).toMatchObject({ status: 502, text: "<h1>Bad gateway</h1>" });
  const { calls } = sandbox.control.record();
  expect(calls.filter(({ operation }) => operation === "playback.lifecycle")).toHaveLength(2);
});

test("who watches is told while it is live, of all inputs or of one, unless the input hides it", async () => {
  const views = async () => get(`/${uid}/views`);
  sandbox.control.changeSettings({ delivery: { liveViewers: 7 } });
  expect(JSON.parse((await views()).text)).toEqual({ liveViewers: 0 });
  await push();
  await soon(isLive).toBe(true);
  expect(JSON.parse((await views()).text)).toEqual({ liveViewers: 7 });
  expect((await call("POST", `${sandbox.url}/sandbox/inputs/${uid}/viewers`, { viewers: 113 })).status).toBe(200);
  expect(JSON.parse((await views()).text)).toEqual({ liveViewers: 113 });
  expect((await call("POST", `${sandbox.url}/sandbox/inputs/none/viewers`, { viewers: 1 })).status).toBe(404);
  await cloudflareClient(sandbox).update(uid, { recording: { hideLiveViewerCount: true } });
  expect((await views()).status).toBe(404);
});

test("where playback must be signed, the plain ids of the input and of its videos don't play", async () => {
  const recording = { ...liveInputBody.recording, requireSignedURLs: true };
  await cloudflareClient(sandbox).update(uid, { recording });
  await push();
  await soon(isLive).toBe(true);
  const { videoUID } = await lifecycle();
  for (const id of [uid, videoUID]) {
    for (const path of ["manifest/video.m3u8", `manifest/stream_${videoUID}.m3u8`, "media/0.m4s", "iframe"]) {
      expect((await get(`/${id}/${path}`)).status, path).toBe(401);
    }
  }
});
