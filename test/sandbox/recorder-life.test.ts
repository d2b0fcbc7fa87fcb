import { afterEach, beforeEach, expect, test } from "vitest";

import { createSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { createInput, instance, liveInputBody, startBody, startRecorder, stopBody } from "./bodies.ts";
import { type AgoraClient, agoraClient, type CloudflareClient, cloudflareClient } from "./clients.ts";
import { type Received, type Receiver, startReceiver } from "./receiver.ts";
import { isSigned } from "./signatures.ts";

let receiver: Receiver;
let sandbox: Sandbox;
let agora: AgoraClient;
let cloudflare: CloudflareClient;

beforeEach(async () => {
  receiver = await startReceiver();
  sandbox = await createSandbox({
    settings: { serviceUrl: receiver.url, pace: 0.02, limits: { recordingCallsPerSecond: 1000 } },
  });
  agora = agoraClient(sandbox);
  cloudflare = cloudflareClient(sandbox);
});
afterEach(async () => {
  await sandbox.close();
  await receiver.close();
});

const isAgora = (eventType: number) => (one: Received) => one.body.productId === 3 && one.body.eventType === eventType;
const isLive = (eventType: string) => (one: Received) => one.body.data.event_type === eventType;
const pushIs = (status: string) => (one: Received) => isAgora(100)(one) && one.body.payload.details.status === status;
const isVideo = (one: Received) => one.path === "/webhooks/cloudflare/video";

async function publishing(): Promise<{ resourceId: string; sid: string; uid: string; rtmpUrl: string }> {
  const input = await createInput(cloudflare);
  const recorder = await startRecorder(agora, { rtmpUrl: input.rtmpUrl });
  await receiver.until(1, isLive("live_input.connected"));
  return { ...recorder, ...input };
}

function span(liveInput: string) {
  return sandbox.control.record().publishers.filter((one) => one.liveInput === liveInput);
}

test("a recorder lives as documented: started, publishing, connected, stopped, uploaded, gone, a video", async () => {
  const { resourceId, sid, uid, rtmpUrl } = await publishing();
  expect(await agora.query(resourceId, sid)).toMatchObject({
    status: 200,
    body: {
      ...instance,
      resourceId,
      sid,
      serverResponse: {
        status: 4,
        extensionServiceState: [
          { serviceName: "web_recorder_service", payload: { state: "inProgress", onhold: false } },
          { serviceName: "rtmp_publish_service", payload: { outputs: [{ rtmpUrl, status: "publishing" }] } },
        ],
      },
    },
  });
  expect((await cloudflare.get(uid)).body.result.status).toMatchObject({
    current: { state: "connected", reason: null },
  });
  expect((await cloudflare.videos(uid)).body.result).toMatchObject([
    { status: { state: "live-inprogress" }, liveInput: uid },
  ]);

  expect(await agora.stop(resourceId, sid, stopBody)).toMatchObject({ status: 200, body: { resourceId, sid } });
  await receiver.until(1, isAgora(11));
  const [video] = await receiver.until(1, isVideo);
  expect(video?.body).toMatchObject({ readyToStream: true, status: { state: "ready" }, liveInput: uid });
  expect((await cloudflare.get(uid)).body.result.status).toMatchObject({
    current: { state: "disconnected", reason: "clientDisconnect" },
  });

  const recording = receiver.received
    .filter(({ body }) => body.productId === 3)
    .sort((a, b) => a.body.payload.sequence - b.body.payload.sequence);
  expect(recording.map(({ body }) => [body.eventType, body.payload.details.status])).toEqual([
    [70, undefined],
    [30, 0],
    [100, "connecting"],
    [100, "publishing"],
    [71, undefined],
    [31, 0],
    [11, undefined],
  ]);
  recording.forEach(({ body }, sequence) => {
    expect(body.payload).toMatchObject({ ...instance, sid, sequence });
    expect(body.noticeId).toMatch(new RegExp(`^\\d+:\\d+:${body.eventType}$`));
  });
  expect(new Set(recording.map(({ body }) => body.noticeId)).size).toBe(recording.length);
  const live = receiver.received
    .filter(({ path }) => path === "/webhooks/cloudflare/live")
    .map(({ body }) => body.data);
  expect(live.map((data) => data.event_type).sort()).toEqual(["live_input.connected", "live_input.disconnected"]);
  for (const { input_id, updated_at } of live) {
    expect(input_id).toBe(uid);
    expect(updated_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
  }
  for (const one of receiver.received) expect(isSigned(sandbox, one), one.raw).toBe(true);

  expect(sandbox.control.record().recorders).toMatchObject([{ sid, resourceId, state: "ended", endCause: "stopped" }]);
  expect(span(uid)).toMatchObject([{ sid, to: expect.any(Number) as number }]);
});

test("a stop that does not ask for async_stop is answered after the upload", async () => {
  const { resourceId, sid } = await publishing();
  const answer = await agora.stop(resourceId, sid, { ...instance, clientRequest: {} });
  const extensionServiceState = [{ serviceName: "upload_service", payload: { uploadingStatus: "uploaded" } }];
  expect(answer).toMatchObject({ status: 200, body: { ...instance, sid, serverResponse: { extensionServiceState } } });
  expect(sandbox.control.record().recorders[0]?.state).toBe("ended");
});

test("a push with an unknown stream key is disconnected, and the recorder goes on", async () => {
  const { rtmpUrl } = await createInput(cloudflare);
  const { resourceId, sid } = await startRecorder(agora, { rtmpUrl: `${rtmpUrl}x` });
  await receiver.until(1, pushIs("disconnected"));
  const page = { serviceName: "web_recorder_service", payload: { state: "inProgress" } };
  const push = { serviceName: "rtmp_publish_service", payload: { outputs: [{ status: "disconnected" }] } };
  expect(await agora.query(resourceId, sid)).toMatchObject({
    status: 200,
    body: { serverResponse: { status: 4, extensionServiceState: [page, push] } },
  });
  expect(sandbox.control.record().publishers).toEqual([]);
});

test("an update re-points a push that was lost", async () => {
  const { rtmpUrl } = await createInput(cloudflare);
  const { resourceId, sid } = await startRecorder(agora, { rtmpUrl: "rtmps://elsewhere.example/live/x" });
  await receiver.until(1, pushIs("disconnected"));
  const clientRequest = { rtmpPublishConfig: { outputs: [{ rtmpUrl }] } };
  expect(await agora.update(resourceId, sid, { ...instance, clientRequest })).toMatchObject({
    status: 200,
    body: { ...instance, resourceId, sid },
  });
  await receiver.until(1, pushIs("publishing"));
  await receiver.until(1, isLive("live_input.connected"));
});

test("a recorder on hold pauses its push", async () => {
  const { resourceId, sid, uid } = await publishing();
  const onhold = (value: boolean) =>
    agora.update(resourceId, sid, { ...instance, clientRequest: { webRecordingConfig: { onhold: value } } });
  await onhold(true);
  await receiver.until(1, pushIs("onhold"));
  expect(span(uid)).toMatchObject([{ to: expect.any(Number) as number }]);
  await onhold(false);
  await receiver.until(2, pushIs("publishing"));
  expect(span(uid)).toHaveLength(2);
});

test("a push that drops and recovers within the hold stays one video, after it there are two", async () => {
  const { sid, uid } = await publishing();
  await cloudflare.update(uid, { recording: { timeoutSeconds: 86_400 } });
  sandbox.control.dropPush(sid);
  await receiver.until(1, pushIs("disconnected"));
  await receiver.until(1, isLive("live_input.disconnected"));
  sandbox.control.recoverPush(sid);
  await receiver.until(2, isLive("live_input.connected"));
  expect((await cloudflare.videos(uid)).body.result).toHaveLength(1);

  await cloudflare.update(uid, { recording: { timeoutSeconds: 1 } });
  sandbox.control.dropPush(sid);
  await receiver.until(1, isVideo);
  sandbox.control.recoverPush(sid);
  await receiver.until(3, isLive("live_input.connected"));
  const states = (await cloudflare.videos(uid)).body.result.map(
    (video: { status: { state: string } }) => video.status.state,
  );
  expect(states).toEqual(["live-inprogress", "ready"]);
});

test("a recorder that crashes notifies 71 and 11 as abnormal, or nothing if it dies silently", async () => {
  const { sid, uid } = await publishing();
  sandbox.control.crash(sid, { cause: "page_load_timeout" });
  const [stopped] = await receiver.until(1, isAgora(71));
  expect(stopped?.body.payload.details).toMatchObject({ code: 4, message: "page_load_timeout" });
  const [exited] = await receiver.until(1, isAgora(11));
  expect(exited?.body.payload.details).toEqual({ msgName: "session_exit", exitStatus: 1 });
  expect(span(uid)[0]?.to).not.toBeNull();

  const second = await startRecorder(agora, {});
  const { webhooks, recorders } = sandbox.control.record();
  const before = webhooks.length;
  sandbox.control.crash(second.sid, { silently: true });
  expect(recorders.at(-1)).toMatchObject({ sid: second.sid, state: "ended", endCause: "recorder_error" });
  expect(webhooks).toHaveLength(before);
});

test("a failover: 404 meanwhile, event 12 of the old uid, then the new uid counts from 0 and pushes again", async () => {
  sandbox.control.changeSettings({ delays: { failoverMs: 25_000 } });
  const { resourceId, sid, uid } = await publishing();
  sandbox.control.failOver(sid);
  expect((await agora.query(resourceId, sid)).status).toBe(404);
  const [moved] = await receiver.until(1, isAgora(12));
  expect(moved?.body.payload.uid).toBe(instance.uid);
  await receiver.until(2, pushIs("publishing"));
  const newUid = String(moved?.body.payload.details.newUid);
  const after = receiver.received.filter(({ body }) => body.payload.uid === newUid).map(({ body }) => body.payload);
  expect(after.map(({ sequence, details }) => [sequence, details.status])).toEqual([
    [0, "connecting"],
    [1, "publishing"],
  ]);
  expect((await agora.query(resourceId, sid)).body).toMatchObject({ uid: instance.uid });
  expect(span(uid)).toHaveLength(2);
});

test("a recorder ends by itself after maxRecordingHour", async () => {
  // One hour at this pace is 3.6 ms.
  sandbox.control.changeSettings({ pace: 0.000001 });
  await startRecorder(agora, { page: { maxRecordingHour: 1 } });
  const [stopped] = await receiver.until(1, isAgora(71));
  expect(stopped?.body.payload.details).toMatchObject({ code: 1, message: "max_recording_hour" });
  await receiver.until(1, isAgora(11));
});

test("an input that reports an error, is disabled, deleted or out of storage ends the push", async () => {
  const first = await publishing();
  sandbox.control.failInput(first.uid, { code: "ERR_GOP_OUT_OF_RANGE", message: "GOP out of range." });
  const [errored] = await receiver.until(1, isLive("live_input.errored"));
  expect(errored?.body.data.live_input_errored.error).toEqual({
    code: "ERR_GOP_OUT_OF_RANGE",
    message: "GOP out of range.",
  });
  await receiver.until(1, pushIs("disconnected"));
  expect((await cloudflare.get(first.uid)).body.result.status).toMatchObject({ current: { state: "errored" } });

  sandbox.control.recoverPush(first.sid);
  await receiver.until(2, pushIs("publishing"));
  await cloudflare.update(first.uid, { enabled: false });
  await receiver.until(2, pushIs("disconnected"));
  sandbox.control.recoverPush(first.sid);
  await receiver.until(3, pushIs("disconnected"));

  await cloudflare.update(first.uid, { enabled: true });
  sandbox.control.changeSettings({ storage: { usedMinutes: 1000 } });
  sandbox.control.recoverPush(first.sid);
  await receiver.until(4, pushIs("disconnected"));
  const [, exhausted] = await receiver.until(2, isLive("live_input.errored"));
  expect(exhausted?.body.data.live_input_errored.error.code).toBe("ERR_STORAGE_QUOTA_EXHAUSTED");

  sandbox.control.changeSettings({ storage: { usedMinutes: 0 } });
  sandbox.control.recoverPush(first.sid);
  await receiver.until(3, pushIs("publishing"));
  await cloudflare.remove(first.uid);
  await receiver.until(5, pushIs("disconnected"));
});

test("an input that does not record makes no video", async () => {
  const { body } = await cloudflare.create({ ...liveInputBody, recording: { mode: "off" } });
  const { url, streamKey } = body.result.rtmps;
  await startRecorder(agora, { rtmpUrl: url + streamKey });
  await receiver.until(1, isLive("live_input.connected"));
  expect((await cloudflare.videos(body.result.uid)).body.result).toEqual([]);
});

test("the record and the webhooks in it show no secrets", async () => {
  const { rtmpUrl } = await publishing();
  const record = JSON.stringify(sandbox.control.record());
  for (const secret of [
    rtmpUrl.slice(rtmpUrl.lastIndexOf("/") + 1),
    "the-access-key",
    "the-secret-key",
    "secret-page",
  ]) {
    expect(JSON.stringify(startBody({ rtmpUrl })) + rtmpUrl).toContain(secret);
    expect(record).not.toContain(secret);
  }
  expect(record).toMatch(/rtmps:\/\/live\.cloudflare\.com:443\/live\/\[sha256:[0-9a-f]{8}\]/);
});
