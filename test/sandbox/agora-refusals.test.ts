import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { createSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { acquireBody, instance, startBody, startRecorder, stopBody } from "./bodies.ts";
import { type AgoraClient, agoraClient, call } from "./clients.ts";

let sandbox: Sandbox;
let agora: AgoraClient;

beforeEach(async () => {
  sandbox = await createSandbox({ settings: { pace: 0.02, limits: { recordingCallsPerSecond: 1000 } } });
  agora = agoraClient(sandbox);
});
afterEach(async () => {
  vi.useRealTimers();
  await sandbox.close();
});

async function acquired(body: object = acquireBody()): Promise<string> {
  return (await agora.acquire(body)).body.resourceId;
}

async function recordingSince(sid: string): Promise<void> {
  await sandbox.control.until("the recorder records", ({ recorders }) =>
    recorders.some((one) => one.sid === sid && one.state === "recording"),
  );
}

describe("the gateway", () => {
  test("answers 401 to missing and wrong credentials", async () => {
    const url = `${agora.root}/v1/apps/${agora.appId}/cloud_recording/acquire`;
    for (const headers of [{}, { authorization: "Basic bm86bm8=" }, { authorization: agora.authorization.slice(6) }]) {
      expect(await call("POST", url, acquireBody(), headers)).toMatchObject({
        status: 401,
        body: { message: "Invalid authentication credentials" },
      });
    }
  });

  test("names an unknown App ID as each operation does", async () => {
    expect(await agora.ask("POST", `${agora.root}/v1/apps/other/cloud_recording/acquire`, {})).toMatchObject({
      status: 400,
      body: { code: 400, reason: "invalid_appid" },
    });
    expect(await agora.ask("GET", `${agora.root}/dev/v1/channel/user/other/shop_1`)).toMatchObject({
      status: 400,
      body: { message: "appid is invalid" },
    });
  });

  test("answers 404 to a wrong method or path", async () => {
    const resourceId = await acquired();
    const noRoute = { status: 404, body: { message: "no Route matched with those values" } };
    const root = `${agora.root}/v1/apps/${agora.appId}/cloud_recording`;
    expect(await agora.ask("GET", `${root}/acquire`)).toMatchObject(noRoute);
    expect(await agora.ask("POST", `${root}/resourceid/${resourceId}/mode/web/begin`, {})).toMatchObject(noRoute);
  });

  test("names the addresses of its notifications to the account, without an App ID", async () => {
    const url = `${agora.root}/v2/ncs/ip`;
    sandbox.control.changeSettings({ ncsAddresses: ["203.0.113.7"] });
    expect(await agora.ask("GET", url)).toMatchObject({
      status: 200,
      body: { data: { service: { hosts: [{ primaryIP: "203.0.113.7" }] } } },
    });
    expect(await call("GET", url)).toMatchObject({ status: 401 });
  });

  test("takes ten recording calls a second, and twenty channel queries besides", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    sandbox.control.changeSettings({ limits: { recordingCallsPerSecond: 10, retryAfterSeconds: 2 } });
    const statuses = await Promise.all(
      Array.from({ length: 12 }, async () => (await agora.acquire(acquireBody())).status),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(10);
    const refused = await agora.acquire(acquireBody());
    expect(refused).toMatchObject({ status: 429, body: { message: "API rate limit exceeded" } });
    expect(refused.headers.get("retry-after")).toBe("2");

    const queries = await Promise.all(
      Array.from({ length: 21 }, async () => (await agora.channelUser("shop_1")).status),
    );
    expect(queries.filter((status) => status === 429)).toHaveLength(1);

    sandbox.control.changeSettings({ limits: { retryAfterSeconds: null } });
    const silent = await agora.acquire(acquireBody());
    expect(silent.status).toBe(429);
    expect(silent.headers.get("retry-after")).toBeNull();

    vi.advanceTimersByTime(1_001);
    expect((await agora.acquire(acquireBody())).status).toBe(200);
  });
});

describe("acquire", () => {
  test("refuses with code 8 what is no JSON or not said to be", async () => {
    const url = `${agora.root}/v1/apps/${agora.appId}/cloud_recording/acquire`;
    expect(await agora.ask("POST", url, "{")).toMatchObject({ status: 400, body: { code: 8 } });
    const headers = { authorization: agora.authorization, "content-type": "text/plain" };
    expect(await call("POST", url, acquireBody(), headers)).toMatchObject({ status: 400, body: { code: 8 } });
  });

  test.each([
    ["a uid that is a number", { ...acquireBody(), uid: 999001 }, "uid"],
    ["uid 0", { ...acquireBody(), uid: "0" }, "uid"],
    ["a uid beyond 32 bits", { ...acquireBody(), uid: "4294967296" }, "uid"],
    ["a user account", { ...acquireBody(), uid: "anna" }, "uid"],
    ["an unknown scene", acquireBody({ scene: 3 }), "scene"],
    ["too many hours", acquireBody({ resourceExpiredHour: 721 }), "resourceExpiredHour"],
    ["a region of the client library", acquireBody({ regionAffinity: 1 }), "regionAffinity"],
    ["an unknown region", acquireBody({ region: "US" }), "region"],
    ["an unknown member", { ...acquireBody(), channel: "shop_1" }, "channel"],
    ["no clientRequest", instance, "clientRequest"],
    ["a startParameter that could not start", acquireBody({ startParameter: {} }), "startParameter"],
  ])("refuses %s with code 2", async (_what, body, named) => {
    const { status, body: answer } = await agora.acquire(body);
    expect(status).toBe(400);
    expect(answer).toEqual({ code: 2, reason: expect.stringContaining(named) as string });
  });

  test("refuses an empty channel name and one beyond 1024 bytes", async () => {
    const refusal = { status: 400, body: { code: 401, reason: "invalid_channel_name" } };
    expect(await agora.acquire({ ...acquireBody(), cname: "" })).toMatchObject(refusal);
    expect(await agora.acquire({ ...acquireBody(), cname: "ü".repeat(513) })).toMatchObject(refusal);
  });

  test("refuses when as many recorders run as the quota allows", async () => {
    sandbox.control.changeSettings({ limits: { runningRecorders: 1 } });
    await startRecorder(agora, {});
    expect(await agora.acquire(acquireBody())).toMatchObject({
      status: 400,
      body: { code: 406, reason: "vendor_over_load" },
    });
  });
});

describe("start", () => {
  const page = (serviceParam: object) => startBody({ page: serviceParam });
  const withServices = (change: (services: object[]) => object[]) => {
    const body = startBody({});
    const config = body.clientRequest.extensionServiceConfig;
    return {
      ...body,
      clientRequest: {
        ...body.clientRequest,
        extensionServiceConfig: { ...config, extensionServices: change(config.extensionServices) },
      },
    };
  };
  const push = (serviceParam: object) => ({ serviceName: "rtmp_publish_service", serviceParam });
  const sts = { stsToken: "the-sts-token", stsExpiration: Math.floor(Date.now() / 1000) + 14_400 };

  test.each<[string, object]>([
    ["everything a page may have", page({ videoFps: 60, videoBitrate: 8000, readyTimeout: 60, mobile: true })],
    ["S3 with sse, tag and a token", startBody({ storage: { extensionParams: { sse: "kms", tag: "a" }, ...sts } })],
    ["vendor 11", startBody({ storage: { vendor: 11, region: 0, extensionParams: { endpoint: "s3.example" } } })],
    ...[2, 3, 5, 6, 7, 8].map(
      (vendor) => [`vendor ${vendor}`, startBody({ storage: { vendor } })] satisfies [string, object],
    ),
  ])("takes %s", async (_what, body) => {
    expect(await agora.start(await acquired(), body)).toMatchObject({ status: 200 });
  });

  test("the record tells of what kind the storage credentials were, at the start and after each refresh", async () => {
    const { resourceId, sid } = await startRecorder(agora, { storage: { vendor: 2 } });
    const storageConfig = {
      vendor: 2,
      region: 5,
      bucket: "shop",
      accessKey: "new-key",
      secretKey: "new-secret",
      ...sts,
    };
    const refresh = (change: object) =>
      agora.update(resourceId, sid, { ...instance, clientRequest: { storageConfig: { ...storageConfig, ...change } } });
    expect(await refresh({})).toMatchObject({ status: 200, body: { resourceId, sid } });
    expect(await refresh({ bucket: undefined })).toMatchObject({ status: 400, body: { code: 2 } });
    const [recorder] = sandbox.control.record().recorders;
    expect(recorder?.storage).toMatchObject([
      { vendor: 2, credentials: "permanent", expiresAt: null },
      { vendor: 2, credentials: "temporary", expiresAt: sts.stsExpiration * 1000 },
    ]);
    const record = JSON.stringify(sandbox.control.record());
    for (const secret of ["new-key", "new-secret", sts.stsToken]) expect(record).not.toContain(secret);
  });

  test.each([
    ["no storageConfig", startBody({ clientRequest: { storageConfig: undefined } }), "storageConfig"],
    ["no bucket", startBody({ storage: { bucket: undefined } }), "bucket"],
    ["an unknown vendor", startBody({ storage: { vendor: 4 } }), "vendor"],
    ["vendor 11 without its endpoint", startBody({ storage: { vendor: 11 } }), "endpoint"],
    ["vendor 1 with an endpoint", startBody({ storage: { extensionParams: { endpoint: "s3.example" } } }), "endpoint"],
    ["sse elsewhere than at S3", startBody({ storage: { vendor: 2, extensionParams: { sse: "kms" } } }), "sse"],
    ["an unknown sse", startBody({ storage: { extensionParams: { sse: "rot13" } } }), "sse"],
    ["a tag at Azure", startBody({ storage: { vendor: 5, extensionParams: { tag: "a" } } }), "tag"],
    ["an stsToken at Google", startBody({ storage: { vendor: 6, ...sts } }), "stsToken"],
    ["an stsToken without its expiry", startBody({ storage: { stsToken: "token" } }), "stsExpiration"],
    ["an expiry alone", startBody({ storage: { stsExpiration: sts.stsExpiration } }), "stsExpiration"],
    ["an expiry that is past", startBody({ storage: { ...sts, stsExpiration: 1_600_000_000 } }), "is past"],
    ["an expiry in milliseconds", startBody({ storage: { ...sts, stsExpiration: Date.now() } }), "stsExpiration"],
    ["a file name prefix with a hyphen", startBody({ storage: { fileNamePrefix: ["shop-1"] } }), "fileNamePrefix"],
    ["a file name prefix too long", startBody({ storage: { fileNamePrefix: ["a".repeat(129)] } }), "fileNamePrefix"],
    ["recordingConfig", startBody({ clientRequest: { recordingConfig: { channelType: 1 } } }), "recordingConfig"],
    ["MP4 alone", startBody({ clientRequest: { recordingFileConfig: { avFileType: ["mp4"] } } }), "avFileType"],
    ["no extension services", withServices(() => []), "web_recorder_service"],
    ["a push alone", withServices((services) => services.slice(1)), "web_recorder_service"],
    ["the page twice", withServices(([first]) => [first ?? {}, first ?? {}]), "web_recorder_service"],
    ["an unknown service", withServices((services) => [...services, { serviceName: "rtmp_publish" }]), "serviceName"],
    ["two pushes", withServices((services) => [...services, ...services.slice(1)]), "rtmp_publish_service"],
    ["no page URL", page({ url: undefined }), "url"],
    ["no audioProfile", page({ audioProfile: undefined }), "audioProfile"],
    ["audioProfile 3", page({ audioProfile: 3 }), "audioProfile"],
    ["no maxRecordingHour", page({ maxRecordingHour: undefined }), "maxRecordingHour"],
    ["maxRecordingHour 0", page({ maxRecordingHour: 0 }), "maxRecordingHour"],
    ["a width below 240", page({ videoWidth: 239 }), "videoWidth"],
    ["more pixels than 1920 x 1080", page({ videoWidth: 1920, videoHeight: 1920 }), "1920 x 1080"],
    ["a height beyond 1920", page({ videoWidth: 240, videoHeight: 1921 }), "videoHeight"],
    ["videoFps 4", page({ videoFps: 4 }), "videoFps"],
    ["videoFps 61", page({ videoFps: 61 }), "videoFps"],
    ["videoBitrate 49", page({ videoBitrate: 49 }), "videoBitrate"],
    ["videoBitrate 8001", page({ videoBitrate: 8001 }), "videoBitrate"],
    ["readyTimeout 61", page({ readyTimeout: 61 }), "readyTimeout"],
    ["mobile that is no boolean", page({ mobile: "yes" }), "mobile"],
    ["maxVideoDuration 10", page({ maxVideoDuration: 10 }), "maxVideoDuration"],
    ["an unknown page parameter", page({ width: 1280 }), "width"],
    ["no outputs", withServices(([first]) => [first ?? {}, push({})]), "outputs"],
    [
      "two outputs",
      withServices(([first]) => [
        first ?? {},
        push({ outputs: [{ rtmpUrl: "rtmp://a/b/c" }, { rtmpUrl: "rtmp://a/b/d" }] }),
      ]),
      "one output",
    ],
    ["an HTTP push", startBody({ rtmpUrl: "https://live.example/live/key" }), "RTMP"],
  ])("refuses %s with code 2", async (_what, body, named) => {
    const { status, body: answer } = await agora.start(await acquired(), body);
    expect(status).toBe(400);
    expect(answer).toEqual({ code: 2, reason: expect.stringContaining(named) as string });
  });

  test("refuses a resource that was acquired for another scene", async () => {
    const resourceId = await acquired(acquireBody({ scene: 0 }));
    expect(await agora.start(resourceId, startBody({}))).toMatchObject({ status: 400, body: { code: 2 } });
  });

  test("refuses what differs from the startParameter of acquire, and takes what doesn't", async () => {
    const { clientRequest } = startBody({});
    const resourceId = await acquired(acquireBody({ startParameter: clientRequest }));
    const other = startBody({ page: { videoFps: 30 } });
    expect(await agora.start(resourceId, other)).toMatchObject({ status: 400, body: { code: 2 } });
    expect((await agora.start(resourceId, startBody({}))).status).toBe(200);
  });

  test("refuses an unknown resource with 1001 and another instance's with 432", async () => {
    expect(await agora.start("nonsense", startBody({}))).toMatchObject({ status: 400, body: { code: 1001 } });
    const body = { ...startBody({}), uid: "999002" };
    expect(await agora.start(await acquired(), body)).toMatchObject({ status: 400, body: { code: 432 } });
  });

  test("refuses a resource older than its lifetime with 433", async () => {
    const resourceId = await acquired();
    sandbox.control.changeSettings({ limits: { resourceLifetimeMs: 0 } });
    expect(await agora.start(resourceId, startBody({}))).toMatchObject({ status: 400, body: { code: 433 } });
  });

  test("answers 201 and code 7 when the resource runs already, with sid only if told to", async () => {
    const { resourceId, sid } = await startRecorder(agora, {});
    const again = await agora.start(resourceId, startBody({}));
    expect(again).toMatchObject({ status: 201, body: { code: 7, reason: "already started" } });
    expect(again.body).not.toHaveProperty("sid");
    sandbox.control.changeSettings({ startAnswers201WithSid: true });
    expect((await agora.start(resourceId, startBody({}))).body).toMatchObject({ code: 7, sid });
    expect(sandbox.control.record().recorders).toHaveLength(1);
  });

  test("refuses a resource whose recorder has ended with 433: it is good for one", async () => {
    const { resourceId, sid } = await startRecorder(agora, {});
    sandbox.control.crash(sid);
    expect(await agora.start(resourceId, startBody({}))).toMatchObject({ status: 400, body: { code: 433 } });
  });

  test("refuses a second recorder of the same cname and uid with 53, until the first has ended", async () => {
    const { sid } = await startRecorder(agora, {});
    const resourceId = await acquired();
    expect(await agora.start(resourceId, startBody({}))).toMatchObject({ status: 400, body: { code: 53 } });
    sandbox.control.crash(sid);
    expect((await agora.start(resourceId, startBody({}))).status).toBe(200);
  });
});

describe("query, update and stop", () => {
  test("answer 404 to an unknown sid and to a recorder that has ended", async () => {
    const { resourceId, sid } = await startRecorder(agora, {});
    const notFound = { status: 404, body: { code: 404, reason: "failed to find worker" } };
    expect(await agora.query(resourceId, "unknown")).toMatchObject(notFound);
    sandbox.control.crash(sid);
    expect(await agora.query(resourceId, sid)).toMatchObject(notFound);
    expect(await agora.stop(resourceId, sid, stopBody)).toMatchObject(notFound);
  });

  test("refuse a sid of another resource with 1003 and another instance with 432", async () => {
    const { resourceId, sid } = await startRecorder(agora, {});
    expect(await agora.query(await acquired(), sid)).toMatchObject({ status: 400, body: { code: 1003 } });
    const stranger = { ...stopBody, uid: "7" };
    expect(await agora.stop(resourceId, sid, stranger)).toMatchObject({ status: 400, body: { code: 432 } });
  });

  test("refuse bodies that are not the documented ones with code 2", async () => {
    const { resourceId, sid } = await startRecorder(agora, {});
    const update = (clientRequest: object) => agora.update(resourceId, sid, { ...instance, clientRequest });
    const output = { rtmpUrl: "rtmps://a/b/c" };
    for (const clientRequest of [
      {},
      { rtmpPublishConfig: { outputs: [] } },
      { rtmpPublishConfig: { outputs: [output, output] } },
      { webRecordingConfig: { onhold: "yes" } },
      { layout: 1 },
    ]) {
      expect(await update(clientRequest)).toMatchObject({ status: 400, body: { code: 2 } });
    }
    const stop = { ...instance, clientRequest: { asyncStop: true } };
    expect(await agora.stop(resourceId, sid, stop)).toMatchObject({ status: 400, body: { code: 2 } });
  });

  test("answer 49 to a recorder that is exiting", async () => {
    sandbox.control.changeSettings({ delays: { exitedMs: 6_000_000 } });
    const { resourceId, sid } = await startRecorder(agora, {});
    await recordingSince(sid);
    expect((await agora.stop(resourceId, sid, stopBody)).status).toBe(200);
    const exiting = { status: 400, body: { code: 49, reason: "invalid operation" } };
    expect(await agora.stop(resourceId, sid, stopBody)).toMatchObject(exiting);
    const onhold = { ...instance, clientRequest: { webRecordingConfig: { onhold: true } } };
    expect(await agora.update(resourceId, sid, onhold)).toMatchObject(exiting);
    expect((await agora.query(resourceId, sid)).body).toMatchObject({ serverResponse: { status: 6 } });
  });

  test("stop answers 206 and 435 when nothing was recorded yet", async () => {
    sandbox.control.changeSettings({ delays: { recorderStartedMs: 6_000_000 } });
    const { resourceId, sid } = await startRecorder(agora, {});
    expect(await agora.stop(resourceId, sid, stopBody)).toMatchObject({
      status: 206,
      body: { code: 435, reason: "no recorded data" },
    });
    await sandbox.control.until("the recorder ends", ({ recorders }) => recorders[0]?.state === "ended");
  });
});

describe("channel queries", () => {
  test("refuse a page size out of range", async () => {
    expect((await agora.channelList("?page_size=501")).status).toBe(400);
  });
});
