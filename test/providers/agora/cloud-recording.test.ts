import { inspect } from "node:util";

import { describe, expect, it, onTestFinished } from "vitest";

import {
  type CloudRecordingSettings,
  createAgoraTransport,
  createCloudRecording,
  RtmpUrl,
  type StartInput,
  StorageGrant,
  type StorageTarget,
} from "../../../src/providers/index.ts";
import { testDeps } from "../support/deps.ts";
import { json, listen, refusingUrl, type Respond, silence, text } from "../support/http-server.ts";

const target: StorageTarget = {
  vendor: 1,
  region: 3,
  bucket: "tally-recordings",
  accessKey: "AKIAEXAMPLE",
  secretKey: "storage/secret+key",
  fileNamePrefix: ["tally", "42", "7"],
};
const settings: CloudRecordingSettings = { appId: "0123456789abcdef0123456789abcdef", region: "EU" };
const root = `/v1/apps/${settings.appId}/cloud_recording`;

const startInput: StartInput = {
  channel: "shoes #1",
  uid: 999_042,
  resourceId: "JyvK8nXHuV1BE64GDkAaBGEs/x=",
  pageUrl: "https://tally.example/stage/page-token",
  rtmpUrl: new RtmpUrl("rtmps://live.cloudflare.com:443/live/stream-key"),
  maxRecordingHour: 12,
  picture: { width: 1280, height: 720, fps: 30, bitrateKbps: 2500 },
  storage: new StorageGrant(target),
};
const recording = { channel: "shoes #1", uid: 999_042, resourceId: "res/ource", recordingSid: "38f8e3cf" };
const recordingPath = `${root}/resourceid/res%2Fource/sid/38f8e3cf/mode/web`;
const page = (state: string) => ({ serviceName: "web_recorder_service", payload: { state, onhold: false } });
const push = (status: string) => ({ serviceName: "rtmp_publish_service", payload: { outputs: [{ status }] } });

interface Given {
  timeoutMs?: number;
  apiUrl?: string;
}

async function cloudRecording(respond: Respond, given: Given = {}) {
  const { url, received } = await listen(respond);
  const deps = testDeps();
  const { apiUrl = url, timeoutMs } = given;
  const transport = createAgoraTransport(
    { hosts: [[apiUrl]], customerId: "customer", customerSecret: "customer-secret", timeoutMs },
    deps,
  );
  onTestFinished(() => transport.close());
  const client = createCloudRecording(settings, transport);
  return { client, received, deps };
}

describe("acquire", () => {
  const input = { channel: "shoes #1", uid: 999_042, resourceExpiredHour: 13 };

  it("asks for a resource of the web-page scene and gives its id", async () => {
    const { client, received } = await cloudRecording(
      json(200, { cname: "shoes #1", uid: "999042", resourceId: "r1" }),
    );
    expect(await client.acquire(input)).toEqual({ ok: true, resourceId: "r1" });
    expect(received).toMatchObject([{ method: "POST", url: `${root}/acquire` }]);
    expect(received[0]?.body).toEqual({
      cname: "shoes #1",
      uid: "999042",
      clientRequest: { scene: 1, resourceExpiredHour: 13, region: "EU" },
    });
  });

  it.each([
    [json(400, { code: 406, reason: "vendor_over_load" }), "capacity"],
    [json(500, { code: 504, reason: "allocate_timeout" }), "retry"],
    [json(400, { code: 400, reason: "invalid_appid" }), "final"],
    [json(200, { cname: "shoes #1" }), "reacquire"],
    [json(200, { resourceId: ".." }), "reacquire"],
    [text(200, "{"), "reacquire"],
    [silence, "reacquire"],
  ])("is refused: %#", async (respond, disposition) => {
    const { client } = await cloudRecording(respond, respond === silence ? { timeoutMs: 100 } : {});
    const { error, ...rest } = refusal(await client.acquire(input));
    expect(rest).toEqual({ ok: false, disposition, retryAfterMs: null });
    expect(error).toMatchObject({ provider: "agora", operation: "acquire" });
  });
});

describe("start", () => {
  const started = json(200, { sid: "38f8e3cfdc474cd56fc1ceba380d7e1a" });

  it("sends the documented body of web-page mode with a push, and nothing of the other modes", async () => {
    const { client, received } = await cloudRecording(started);
    expect(await client.start(startInput)).toEqual({ ok: true, recordingSid: "38f8e3cfdc474cd56fc1ceba380d7e1a" });
    expect(received).toMatchObject([
      { method: "POST", url: `${root}/resourceid/JyvK8nXHuV1BE64GDkAaBGEs%2Fx%3D/mode/web/start` },
    ]);
    expect(received[0]?.body).toEqual({
      cname: "shoes #1",
      uid: "999042",
      clientRequest: {
        extensionServiceConfig: {
          errorHandlePolicy: "error_abort",
          extensionServices: [
            {
              serviceName: "web_recorder_service",
              errorHandlePolicy: "error_abort",
              serviceParam: {
                url: "https://tally.example/stage/page-token",
                audioProfile: 1,
                videoWidth: 1280,
                videoHeight: 720,
                videoFps: 30,
                videoBitrate: 2500,
                maxRecordingHour: 12,
                readyTimeout: 30,
              },
            },
            {
              serviceName: "rtmp_publish_service",
              errorHandlePolicy: "error_ignore",
              serviceParam: { outputs: [{ rtmpUrl: "rtmps://live.cloudflare.com:443/live/stream-key" }] },
            },
          ],
        },
        recordingFileConfig: { avFileType: ["hls"] },
        storageConfig: {
          vendor: 1,
          region: 3,
          bucket: "tally-recordings",
          accessKey: "AKIAEXAMPLE",
          secretKey: "storage/secret+key",
          fileNamePrefix: ["tally", "42", "7"],
        },
      },
    });
  });

  it("sends temporary keys with their token, and their end in Unix seconds", async () => {
    const { client, received, deps } = await cloudRecording(started);
    const temporary = { ...target, stsToken: "FwoGZXIvYXdz+token", stsExpiration: 1_790_014_400 };
    await client.start({ ...startInput, storage: new StorageGrant(temporary) });
    expect(received[0]?.body).toMatchObject({ clientRequest: { storageConfig: temporary } });
    expect(deps.text()).not.toContain("FwoGZXIvYXdz");
  });

  it.each([
    ["this_resource", 201, { code: 7, reason: "already started" }, null],
    ["this_resource", 201, { code: 7, reason: "already started", sid: "38f8e3cf" }, "38f8e3cf"],
    ["same_uid", 400, { code: 53, reason: "task conflict", sid: "" }, null],
  ])("adopts %s", async (which, status, body, recordingSid) => {
    const { client } = await cloudRecording(json(status, body));
    const { error, ...rest } = refusal(await client.start(startInput));
    expect(rest).toEqual({ ok: false, disposition: "adopt", which, recordingSid, retryAfterMs: null });
    expect(error).toMatchObject({ operation: "start", status, code: body.code, message: body.reason });
  });

  it.each([
    [json(206, { code: 65, reason: "request not completed" }), "retry", true],
    [json(500, { code: 502, reason: "Failed to allocate worker" }), "reacquire", false],
    [json(400, { code: 2, reason: "invalid parameter" }), "final", false],
    [json(200, { resourceId: "r1" }), "retry", true],
    [text(502, "<html>Bad Gateway</html>"), "retry", true],
    [silence, "retry", true],
  ])("is refused: %#", async (respond, disposition, mayRun) => {
    const { client } = await cloudRecording(respond, respond === silence ? { timeoutMs: 100 } : {});
    expect(refusal(await client.start(startInput))).toMatchObject({ disposition, mayRun, retryAfterMs: null });
  });

  it("never ran when the connection was refused", async () => {
    const { client } = await cloudRecording(started, { apiUrl: await refusingUrl() });
    const result = await client.start(startInput);
    expect(result).toMatchObject({ ok: false, disposition: "retry", mayRun: false, error: { status: null } });
  });

  it.each([0, 250, 500, 750])("tells no secret, whatever Agora quotes: its request from %d on", async (from) => {
    const { client, deps } = await cloudRecording((response, request) => {
      const reason = `stream-key page-token ${JSON.stringify(request.body).slice(from)}`;
      json(400, { code: 2, reason })(response, request);
    });
    const told = inspect(await client.start(startInput), { depth: 9 }) + deps.text();
    expect(told).toContain("[redacted] [redacted] ");
    for (const secret of ["stream-key", "page-token", "AKIAEXAMPLE", "storage/secret+key", "customer-secret"]) {
      expect(told).not.toContain(secret);
    }
  });
});

describe("query", () => {
  const states: [string, object, object][] = [
    [
      "running and publishing",
      { status: 4, extensionServiceState: [page("inProgress"), push("publishing")] },
      { found: "running", rtmp: "publishing" },
    ],
    [
      "the docs' own sample, with status 0",
      { status: 0, extensionServiceState: [page("inProgress")] },
      { found: "running", rtmp: null },
    ],
    [
      "starting up",
      { status: "1", extensionServiceState: [page("init"), push("connecting")] },
      { found: "running", rtmp: "connecting" },
    ],
    ["no services", { status: 5 }, { found: "running", rtmp: null }],
    [
      "a dead push",
      { status: 5, extensionServiceState: [push("disconnected")] },
      { found: "running", rtmp: "disconnected" },
    ],
    [
      "a push in words unknown to us",
      { status: 5, extensionServiceState: [push("paused")] },
      { found: "running", rtmp: null },
    ],
    [
      "services of odd shapes",
      { status: 5, extensionServiceState: [{}, { serviceName: "rtmp_publish_service", payload: { outputs: "none" } }] },
      { found: "running", rtmp: null },
    ],
    [
      "the other spelling",
      { extensionServiceState: [{ serviceName: "web_recorder_service", playload: { state: "exit" } }] },
      { found: "exited", rtmp: null },
    ],
    [
      "the page has ended",
      { status: 5, extensionServiceState: [page("exit"), push("publishing")] },
      { found: "exited", rtmp: "publishing" },
    ],
    ["abnormal exit", { status: 20, extensionServiceState: [page("inProgress")] }, { found: "exited", rtmp: null }],
    ...[6, 7, 8].map((status): [string, object, object] => [
      `status ${status}`,
      { status },
      { found: "exited", rtmp: null },
    ]),
    ...[1, 2, 3, 4, 5].map((status): [string, object, object] => [
      `status ${status}`,
      { status },
      { found: "running", rtmp: null },
    ]),
  ];

  it.each(states)("reads %s", async (_name, serverResponse, state) => {
    const { client, received } = await cloudRecording(json(200, { serverResponse }));
    expect(await client.query(recording)).toEqual({ ok: true, ...state });
    expect(received).toMatchObject([{ method: "GET", url: `${recordingPath}/query`, body: undefined }]);
  });

  it.each([
    ["failed to find worker", json(404, { code: 404, reason: "failed to find worker" }), "not_found"],
    ["service exiting", json(400, { code: 501, reason: "service is exiting" }), "exited"],
  ])("understands %s", async (_name, respond, found) => {
    const { client } = await cloudRecording(respond);
    expect(await client.query(recording)).toEqual({ ok: true, found, rtmp: null });
  });

  it.each([
    ["status 0 alone", json(200, { serverResponse: { status: 0 } }), "status 0 says nothing of the recorder"],
    ["no state at all", json(200, { sid: "x" }), "serverResponse: "],
    ["a wrong address", json(404, { message: "no Route matched with those values" }), "no Route matched"],
    ["a page", text(404, "<html>"), "answered without a JSON object"],
    ["a timeout of Agora's", json(504, { code: 62, reason: "request timeout" }), "request timeout"],
  ])("concludes nothing from %s", async (_name, respond, words) => {
    const { client } = await cloudRecording(respond);
    const { error, ...rest } = refusal(await client.query(recording));
    expect(rest).toEqual({ ok: false, retryAfterMs: null });
    expect(error.message).toContain(words);
  });
});

describe("updateRtmp", () => {
  const input = { ...recording, rtmpUrl: new RtmpUrl("rtmps://live.cloudflare.com:443/live/stream-key") };

  it("sends the new output and nothing else", async () => {
    const { client, received } = await cloudRecording(json(200, { sid: "38f8e3cf" }));
    expect(await client.updateRtmp(input)).toEqual({ ok: true });
    expect(received).toMatchObject([{ method: "POST", url: `${recordingPath}/update` }]);
    expect(received[0]?.body).toEqual({
      cname: "shoes #1",
      uid: "999042",
      clientRequest: {
        rtmpPublishConfig: { outputs: [{ rtmpUrl: "rtmps://live.cloudflare.com:443/live/stream-key" }] },
      },
    });
  });

  it("is refused without telling the key", async () => {
    const reason = "bad output stream-key";
    const { client, deps } = await cloudRecording(json(400, { code: 2, reason }));
    expect(await client.updateRtmp(input)).toEqual({
      ok: false,
      retryAfterMs: null,
      error: { provider: "agora", operation: "update", status: 400, code: 2, message: "bad output [redacted]" },
    });
    expect(deps.text()).not.toContain("stream-key");
  });
});

describe("updateStorage", () => {
  const temporary = { ...target, stsToken: "FwoGZXIvYXdz+token", stsExpiration: 1_790_014_400 };
  const input = { ...recording, storage: new StorageGrant(temporary) };

  it("sends the whole storage with its new keys and nothing else", async () => {
    const { client, received } = await cloudRecording(json(200, { sid: "38f8e3cf" }));
    expect(await client.updateStorage(input)).toEqual({ ok: true });
    expect(received).toMatchObject([{ method: "POST", url: `${recordingPath}/update` }]);
    expect(received[0]?.body).toEqual({
      cname: "shoes #1",
      uid: "999042",
      clientRequest: { storageConfig: temporary },
    });
  });

  it("is refused without telling the keys", async () => {
    const { accessKey, secretKey, stsToken } = temporary;
    const reason = `bad keys ${accessKey} ${secretKey} ${stsToken}`;
    const { client, deps } = await cloudRecording(json(400, { code: 2, reason }));
    expect(await client.updateStorage(input)).toMatchObject({
      ok: false,
      error: { operation: "update", status: 400, code: 2, message: "bad keys [redacted] [redacted] [redacted]" },
    });
    for (const secret of [accessKey, secretKey, stsToken]) expect(deps.text()).not.toContain(secret);
  });
});

describe("stop", () => {
  it("asks not to wait for the upload", async () => {
    const { client, received } = await cloudRecording(json(200, { sid: "38f8e3cf" }));
    expect(await client.stop(recording)).toEqual({ ok: true, outcome: "accepted" });
    expect(received).toMatchObject([{ method: "POST", url: `${recordingPath}/stop` }]);
    expect(received[0]?.body).toEqual({ cname: "shoes #1", uid: "999042", clientRequest: { async_stop: true } });
  });

  it("is accepted by a 200, whatever its body", async () => {
    const { client } = await cloudRecording(text(200, ""));
    expect(await client.stop(recording)).toEqual({ ok: true, outcome: "accepted" });
  });

  it.each([
    [206, { code: 435, reason: "no recorded data" }],
    [400, { code: 49, reason: "invalid operation" }],
  ])("learns that it has stopped: %d %j", async (status, body) => {
    const { client } = await cloudRecording(json(status, body));
    expect(await client.stop(recording)).toEqual({ ok: true, outcome: "already_stopped" });
  });

  it("says what was not found, for it may only be moving", async () => {
    const { client } = await cloudRecording(json(404, { code: 404, reason: "failed to find worker" }));
    expect(await client.stop(recording)).toMatchObject({
      ok: true,
      outcome: "not_found",
      error: { operation: "stop", status: 404, code: 404, message: "failed to find worker" },
    });
  });

  it.each([
    [json(504, { code: 62, reason: "request timeout" }), "request timeout"],
    [json(404, { message: "no Route matched with those values" }), "no Route matched with those values"],
    [silence, "no answer within 100 ms"],
  ])("is not stopped: %#", async (respond, message) => {
    const { client } = await cloudRecording(respond, respond === silence ? { timeoutMs: 100 } : {});
    const result = refusal(await client.stop(recording));
    expect(result).toMatchObject({ ok: false, retryAfterMs: null, error: { operation: "stop", message } });
  });
});

describe("a pair of slots", () => {
  it("is reserved together and used in order", async () => {
    const { client, deps } = await cloudRecording(json(200, { resourceId: "r1", sid: "s1" }));
    const { acquire, start } = await client.reservePair();
    await client.acquire({ channel: "shoes", uid: 999_042, resourceExpiredHour: 13 }, { slot: acquire });
    await client.start(startInput, { slot: start, context: { channel: "shoes" } });
    expect(deps.happened).toEqual(["reserve agora 2", "slot 1 ready", "slot 2 ready"]);
    expect(deps.lines()).toMatchObject([{ operation: "acquire" }, { operation: "start", channel: "shoes" }]);
  });
});

/** The result, when it must be a failure. */
function refusal<R extends { ok: boolean }>(result: R): Extract<R, { error: unknown }> {
  if (!("error" in result)) throw new Error(`succeeded: ${inspect(result)}`);
  return result as Extract<R, { error: unknown }>;
}
