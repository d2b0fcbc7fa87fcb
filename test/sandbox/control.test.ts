import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { createSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { readOptions } from "../../src/sandbox/read-options.ts";
import { createInput, startRecorder } from "./bodies.ts";
import { type AgoraClient, agoraClient, call, cloudflareClient } from "./clients.ts";

let sandbox: Sandbox;
let agora: AgoraClient;

beforeEach(async () => {
  sandbox = await createSandbox({ settings: { pace: 0.02 } });
  agora = agoraClient(sandbox);
});
afterEach(() => sandbox.close());

const post = (path: string, body?: unknown) => call("POST", `${sandbox.url}/sandbox${path}`, body);
const get = (path: string) => call("GET", `${sandbox.url}/sandbox${path}`);

test("a recorder is driven over HTTP, and state and record show it", async () => {
  const { uid, rtmpUrl } = await createInput(cloudflareClient(sandbox));
  const { sid } = await startRecorder(agora, { rtmpUrl });
  const publishing = (count: number) =>
    sandbox.control.until(`publishing for the ${count}. time`, ({ publishers }) => publishers.length === count);
  await publishing(1);
  expect((await get("/state")).body).toMatchObject({
    settings: { pace: 0.02 },
    recorders: [{ sid, state: "recording", push: "publishing" }],
    liveInputs: [{ uid, state: "connected", publishers: 1 }],
  });

  expect((await post(`/recorders/${sid}/push-drop`)).status).toBe(200);
  expect((await post(`/recorders/${sid}/push-recover`)).status).toBe(200);
  await publishing(2);
  expect((await post(`/recorders/${sid}/failover`)).status).toBe(200);
  await publishing(3);
  expect((await post(`/inputs/${uid}/error`, { code: "ERR_UNHEALTHY" })).status).toBe(200);
  expect((await post(`/recorders/${sid}/crash`, { cause: "capability_limit" })).status).toBe(200);

  expect((await get("/record")).body).toMatchObject({
    recorders: [{ sid, state: "ended", endCause: "capability_limit" }],
    publishers: [{ liveInput: uid }, { liveInput: uid }, { liveInput: uid }],
    calls: [{ operation: "liveInputs.create" }, { operation: "acquire" }, { operation: "start" }],
  });
  expect(JSON.stringify((await get("/state")).body)).not.toContain(sandbox.environment.AGORA_NCS_SECRET);
});

test("a reset forgets everything but the settings, and what was to happen", async () => {
  const { uid } = await createInput(cloudflareClient(sandbox));
  const { resourceId, sid } = await startRecorder(agora, {});
  sandbox.control.join("shop_1", 42, "host");
  sandbox.control.planFaults({ operation: "query", answer: "hang" });
  expect((await post("/reset")).status).toBe(200);

  expect((await get("/state")).body).toMatchObject({
    settings: { pace: 0.02 },
    channels: [],
    recorders: [],
    liveInputs: [],
    faults: [],
  });
  expect((await get("/record")).body).toEqual({
    calls: [],
    webhooks: [],
    recorders: [],
    converters: [],
    publishers: [],
  });
  expect((await agora.query(resourceId, sid)).status).toBe(404);
  expect((await cloudflareClient(sandbox).get(uid)).status).toBe(404);
  await startRecorder(agora, {});
  await sandbox.control.until("the new recorder records", ({ recorders }) => recorders[0]?.state === "recording");
  expect(sandbox.control.record().webhooks.map(({ eventType }) => eventType)).toEqual([70, 30, 100]);
});

describe("refuses and says why:", () => {
  test.each([
    ["an unknown setting", "/settings", { speed: 2 }, 400, "speed"],
    ["a pace of 0", "/settings", { pace: 0 }, 400, "pace"],
    ["a target that is no URL", "/settings", { webhooks: { agora: "localhost" } }, 400, "webhooks.agora"],
    ["an unknown cause", "/recorders/x/crash", { cause: "boredom" }, 400, "cause"],
    ["an unknown recorder", "/recorders/x/failover", {}, 404, "no recorder has sid x"],
    ["a member where there is none", "/recorders/x/failover", { to: 1 }, 400, "to"],
    ["an unknown converter", "/converters/x/failover", {}, 404, "no converter has id x"],
    ["a cause of a converter", "/converters/x/crash", { cause: "recorder_error" }, 400, "cause"],
    ["an error without code", "/inputs/x/error", {}, 400, "code"],
    ["an unknown input", "/inputs/x/error", { code: "ERR_UNHEALTHY" }, 404, "no live input has uid x"],
    ["an unknown call", "/restart", {}, 404, "there is no POST /sandbox/restart"],
  ])("%s", async (_what, path, body, status, words) => {
    expect(await post(path, body)).toMatchObject({ status, body: { error: expect.stringContaining(words) as string } });
  });

  test("what a recorder's state does not allow", async () => {
    sandbox.control.changeSettings({ delays: { recorderStartedMs: 6_000_000, failoverMs: 6_000_000 } });
    const { sid } = await startRecorder(agora, {});
    const refused = (words: string) => ({ status: 409, body: { error: expect.stringContaining(words) as string } });
    expect(await post(`/recorders/${sid}/push-drop`)).toMatchObject(refused("starting, not recording"));
    await post(`/recorders/${sid}/failover`);
    expect(await post(`/recorders/${sid}/failover`)).toMatchObject(refused("migrating"));
    await post(`/recorders/${sid}/crash`);
    expect(await post(`/recorders/${sid}/crash`)).toMatchObject(refused("has ended"));
  });
});

test("`until` says what it waited for in vain, and passes on what its condition throws", async () => {
  await expect(sandbox.control.until("godot", () => false, 10)).rejects.toThrow("after 10 ms still waiting for: godot");
  const throwing = sandbox.control.until("a recorder", ({ recorders }) => {
    if (recorders.length > 0) throw new Error("bad condition");
    return false;
  });
  await Promise.all([expect(throwing).rejects.toThrow("bad condition"), startRecorder(agora, {})]);
});

test("a taken port is an error", async () => {
  await expect(createSandbox({ port: sandbox.port })).rejects.toThrow("EADDRINUSE");
});

describe("the command line", () => {
  test("takes credentials and secrets from Tally's variables, the first of a list", () => {
    const env = {
      AGORA_APP_ID: "app",
      AGORA_NCS_SECRET: "new,old",
      CLOUDFLARE_STREAM_API_TOKEN: "",
      AGORA_APP_CERTIFICATE: "c",
    };
    expect(readOptions(["--port", "0", "--pace", "0.1"], env)).toEqual({
      port: 0,
      appCertificate: "c",
      settings: {
        pace: 0.1,
        serviceUrl: "http://127.0.0.1:3000",
        agora: { appId: "app" },
        cloudflare: {},
        secrets: { ncsRtc: "new", ncsRecording: "new", ncsPush: "new" },
      },
    });
    expect(readOptions(["--help"], {})).toBe("help");
  });

  test.each([
    [["--port", "65536"], "--port must be"],
    [["--pace", "fast"], "pace"],
    [["--service-url", "localhost:3000"], "serviceUrl"],
    [["--verbose"], "--verbose"],
  ])("refuses %j", (args, words) => {
    expect(() => readOptions(args, {})).toThrow(words);
  });
});
