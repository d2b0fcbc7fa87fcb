import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { createSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { createInput, liveInputBody, startRecorder } from "./bodies.ts";
import { agoraClient, call, type CloudflareClient, cloudflareClient, env } from "./clients.ts";

let sandbox: Sandbox;
let cloudflare: CloudflareClient;

beforeEach(async () => {
  sandbox = await createSandbox({ settings: { pace: 0.02 } });
  cloudflare = cloudflareClient(sandbox);
});
afterEach(async () => {
  vi.useRealTimers();
  await sandbox.close();
});

test("a live input is created, read, listed, updated and deleted", async () => {
  const created = await cloudflare.create(liveInputBody);
  expect(created).toMatchObject({
    status: 200,
    body: {
      success: true,
      errors: [],
      messages: [],
      result: {
        ...liveInputBody,
        enabled: true,
        preferLowLatency: false,
        deleteRecordingAfterDays: null,
        rtmps: { url: "rtmps://live.cloudflare.com:443/live/" },
        status: null,
      },
    },
  });
  const { uid, rtmps } = created.body.result;
  expect(rtmps.streamKey).toMatch(new RegExp(`^[0-9a-f]{32}k${uid}$`));

  expect((await cloudflare.get(uid)).body.result).toEqual(created.body.result);
  const list = (await cloudflare.list()).body.result;
  expect(list).toMatchObject({ liveInputs: [{ uid, meta: liveInputBody.meta, enabled: true }], total: 1 });
  expect(list.liveInputs[0]).not.toHaveProperty("rtmps");
  expect(list.liveInputs[0]).not.toHaveProperty("status");

  const updated = await cloudflare.update(uid, { preferLowLatency: true, recording: { timeoutSeconds: 0 } });
  expect(updated.body.result).toMatchObject({
    meta: liveInputBody.meta,
    preferLowLatency: true,
    recording: { mode: "automatic", timeoutSeconds: null },
  });
  // A client may send back what it got.
  const { meta, recording, deleteRecordingAfterDays } = updated.body.result;
  const again = await cloudflare.update(uid, { meta, recording, deleteRecordingAfterDays });
  expect(again.body.result.recording).toEqual(recording);

  expect((await cloudflare.remove(uid)).status).toBe(200);
  expect(await cloudflare.get(uid)).toMatchObject({
    status: 404,
    body: { success: false, errors: [{ code: 10003 }], result: null },
  });
});

test("storage usage is told", async () => {
  sandbox.control.changeSettings({ storage: { usedMinutes: 12, limitMinutes: 500 } });
  expect((await cloudflare.ask("GET", "/storage-usage")).body).toMatchObject({
    success: true,
    result: { totalStorageMinutes: 12, totalStorageMinutesLimit: 500, videoCount: 0 },
  });
});

test("refuses a missing or wrong token with 401 and another account with 403", async () => {
  const url = `${cloudflare.stream}/live_inputs`;
  const badToken = { status: 401, body: { success: false, errors: [{ code: 1000 }] } };
  expect(await call("GET", url)).toMatchObject(badToken);
  expect(await call("GET", url, undefined, { authorization: "Bearer no" })).toMatchObject(badToken);
  const other = url.replace(env(sandbox, "CLOUDFLARE_STREAM_ACCOUNT_ID"), "other");
  const authorization = `Bearer ${env(sandbox, "CLOUDFLARE_STREAM_API_TOKEN")}`;
  expect((await call("GET", other, undefined, { authorization })).status).toBe(403);
});

test.each([
  ["retention below 30 days", { deleteRecordingAfterDays: 29 }, "between 30 and 1096 days"],
  ["retention inside recording", { recording: { deleteRecordingAfterDays: 30 } }, "deleteRecordingAfterDays"],
  ["an unknown mode", { recording: { mode: "on" } }, "mode"],
  ["a timeout beyond a day", { recording: { timeoutSeconds: 86_401 } }, "timeoutSeconds"],
  ["what is no JSON", "{", "JSON"],
])("refuses %s with code 10060", async (_what, body, words) => {
  expect(await cloudflare.create(body)).toMatchObject({
    status: 400,
    body: { success: false, errors: [{ code: 10060, message: expect.stringContaining(words) as string }] },
  });
});

test("answers 404 to unknown inputs and paths", async () => {
  for (const answer of [
    await cloudflare.update("none", {}),
    await cloudflare.remove("none"),
    await cloudflare.videos("none"),
  ]) {
    expect(answer).toMatchObject({ status: 404, body: { errors: [{ code: 10003 }] } });
  }
  expect((await cloudflare.ask("GET", "/unknown")).status).toBe(404);
});

test("blocks every call for five minutes when there were too many in five minutes", async () => {
  vi.useFakeTimers({ toFake: ["Date", "performance"] });
  sandbox.control.changeSettings({ limits: { cloudflareCallsPer5Minutes: 3 } });
  for (let i = 0; i < 3; i++) expect((await cloudflare.list()).status).toBe(200);
  const blocked = await cloudflare.list();
  expect(blocked.status).toBe(429);
  expect(blocked.headers.get("retry-after")).toBe("300");
  vi.advanceTimersByTime(299_000);
  const still = await cloudflare.list();
  expect(still.status).toBe(429);
  expect(still.headers.get("retry-after")).toBe("1");
  vi.advanceTimersByTime(1_001);
  expect((await cloudflare.list()).status).toBe(200);
});

test("tells the status as an object, a string or null", async () => {
  const { uid, rtmpUrl } = await createInput(cloudflare);
  await startRecorder(agoraClient(sandbox), { rtmpUrl });
  await sandbox.control.until("somebody publishes", ({ publishers }) => publishers.length === 1);
  const status = async () => (await cloudflare.get(uid)).body.result.status;
  expect(await status()).toMatchObject({ current: { state: "connected", reason: null } });
  sandbox.control.changeSettings({ statusShape: "string" });
  expect(await status()).toBe("connected");
  sandbox.control.changeSettings({ statusShape: "null" });
  expect(await status()).toBeNull();
});
