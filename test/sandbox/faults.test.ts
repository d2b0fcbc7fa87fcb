import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { createSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { acquireBody, liveInputBody, startBody, startRecorder } from "./bodies.ts";
import { type AgoraClient, agoraClient, call, type CloudflareClient, cloudflareClient } from "./clients.ts";
import { type Received, type Receiver, startReceiver } from "./receiver.ts";

let receiver: Receiver;
let sandbox: Sandbox;
let agora: AgoraClient;
let cloudflare: CloudflareClient;

beforeEach(async () => {
  receiver = await startReceiver();
  sandbox = await createSandbox({ settings: { serviceUrl: receiver.url, pace: 0.02 } });
  agora = agoraClient(sandbox);
  cloudflare = cloudflareClient(sandbox);
});
afterEach(async () => {
  await sandbox.close();
  await receiver.close();
});

const plan = async (faults: unknown) => {
  expect(await call("POST", `${sandbox.url}/sandbox/faults`, faults)).toMatchObject({ status: 200 });
};

describe("faults of calls", () => {
  test("an answer is given instead, as often as planned, and nothing is done", async () => {
    const answer = { status: 500, body: { code: 501, reason: "no_worker_manager_available" } };
    await plan([{ operation: "acquire", times: 2, answer: { ...answer, headers: { "retry-after": "3" } } }]);
    const first = await agora.acquire(acquireBody());
    expect(first).toMatchObject(answer);
    expect(first.headers.get("retry-after")).toBe("3");
    expect(await agora.acquire(acquireBody())).toMatchObject(answer);
    expect((await agora.acquire(acquireBody())).status).toBe(200);
    expect(sandbox.control.record().calls.map(({ status, planned }) => [status, planned])).toEqual([
      [500, true],
      [500, true],
      [200, false],
    ]);
  });

  test("an answer with `after` is given although the call was carried out", async () => {
    const answer = { status: 504, body: { code: 62, reason: "request timeout" }, after: true };
    await plan({ operation: "start", answer });
    const { resourceId } = (await agora.acquire(acquireBody())).body;
    expect((await agora.start(resourceId, startBody({}))).status).toBe(504);
    expect(sandbox.control.record().recorders).toHaveLength(1);
    expect((await agora.start(resourceId, startBody({}))).status).toBe(201);
  });

  test("`drop` ends the connection before anything is done, `dropAfter` when it is", async () => {
    await plan([
      { operation: "liveInputs.create", answer: "drop" },
      { operation: "liveInputs.create", answer: "dropAfter" },
    ]);
    await expect(cloudflare.create(liveInputBody)).rejects.toThrow();
    expect((await cloudflare.list()).body.result.total).toBe(0);
    await expect(cloudflare.create(liveInputBody)).rejects.toThrow();
    expect((await cloudflare.list()).body.result.total).toBe(1);
    expect((await cloudflare.create(liveInputBody)).status).toBe(200);
  });

  test("`hang` never answers, until the sandbox closes", async () => {
    await plan({ operation: "channelUser", answer: "hang" });
    const hanging = agora.channelUser("shop_1");
    await sandbox.control.until("the call hangs", ({ calls }) => calls[0]?.status === "hung");
    await sandbox.close();
    await expect(hanging).rejects.toThrow();
  });

  test("`delayMs` alone makes a call late by real milliseconds, and then it is as usual", async () => {
    await plan({ operation: "acquire", delayMs: 80 });
    expect((await agora.acquire(acquireBody())).status).toBe(200);
    expect(sandbox.control.record().calls[0]?.ms).toBeGreaterThanOrEqual(79);
  });

  test("a call that is refused anyway uses no fault up", async () => {
    await plan({ operation: "liveInputs.list", answer: "drop" });
    expect((await call("GET", `${cloudflare.stream}/live_inputs`)).status).toBe(401);
    await expect(cloudflare.list()).rejects.toThrow();
  });
});

describe("faults of webhooks", () => {
  const isEvent = (eventType: number) => (one: Received) => one.body.eventType === eventType;
  const entry = (eventType: number | string) =>
    sandbox.control.record().webhooks.find((one) => one.eventType === eventType);

  test("`lose` sends nothing", async () => {
    await plan({ match: { eventType: 104, about: "shop_1" }, action: "lose" });
    for (const channel of ["shop_1", "shop_2"]) {
      sandbox.control.join(channel, 42, "host");
      sandbox.control.leave(channel, 42, "host");
    }
    await receiver.until(7, () => true);
    const left = receiver.received.filter(isEvent(104)).map(({ body }) => body.payload.channelName);
    expect(left).toEqual(["shop_2"]);
    expect(entry(104)).toMatchObject({ about: "shop_1", outcome: "lost", attempts: [] });
  });

  test("`duplicate` sends the same notice twice, each with its own time", async () => {
    await plan({ match: { product: 1, eventType: 103 }, action: "duplicate", ms: 5 });
    sandbox.control.join("shop_1", 42, "host");
    const [first, second] = await receiver.until(2, isEvent(103));
    expect(second?.body.noticeId).toBe(first?.body.noticeId);
    expect(second?.body.notifyMs).not.toBe(first?.body.notifyMs);
  });

  test("`delay` sends later", async () => {
    await plan({ match: { eventType: 103 }, action: "delay", ms: 60 });
    sandbox.control.join("shop_1", 42, "host");
    await receiver.until(1, isEvent(103));
    const { at, attempts } = entry(103) ?? { at: 0, attempts: [] };
    await sandbox.control.until("the answer is recorded", () => attempts.length === 1);
    expect((attempts[0]?.at ?? 0) - at).toBeGreaterThanOrEqual(59);
  });

  test("`reorder` lets the next webhook of its kind overtake", async () => {
    await plan({ match: { kind: "agora", eventType: 103 }, action: "reorder", ms: 60_000 });
    sandbox.control.join("shop_1", 42, "host");
    sandbox.control.switchRole("shop_1", 42, "audience");
    await receiver.until(3, () => true);
    const order = receiver.received.map(({ body }) => body.eventType);
    expect(order[2]).toBe(103);
  });

  test("`reorder` waits no longer than its time for a webhook that doesn't come", async () => {
    await plan({ match: { kind: "cloudflare-live" }, action: "reorder", ms: 10 });
    const created = await cloudflare.create(liveInputBody);
    const { uid } = created.body.result as { uid: string };
    sandbox.control.failInput(uid, { code: "ERR_UNHEALTHY" });
    const [errored] = await receiver.until(1, ({ path }) => path === "/webhooks/cloudflare/live");
    expect(errored?.body.data.input_id).toBe(uid);
  });
});

describe("deliveries that fail", () => {
  test("Agora sends again three times, after growing gaps, the same notice with a new time", async () => {
    sandbox.control.changeSettings({ delays: { ncsResendGapsMs: [0, 1_000, 3_000] } });
    receiver.answer = () => ({ status: 503, body: "{}" });
    sandbox.control.join("shop_1", 42, "host");
    const webhooks = () => sandbox.control.record().webhooks;
    await sandbox.control.until("both gave up", () => webhooks().every(({ outcome }) => outcome === "failed"));
    for (const { attempts } of webhooks()) {
      expect(attempts.map(({ status }) => status)).toEqual([503, 503, 503, 503]);
      const [, second, third, fourth] = attempts.map(({ at }) => at);
      expect((third ?? 0) - (second ?? 0)).toBeGreaterThanOrEqual(19);
      expect((fourth ?? 0) - (third ?? 0)).toBeGreaterThanOrEqual(59);
    }
    const joins = receiver.received.filter(({ body }) => body.eventType === 103).map(({ body }) => body);
    expect(new Set(joins.map(({ noticeId }) => noticeId)).size).toBe(1);
    expect(new Set(joins.map(({ notifyMs }) => notifyMs)).size).toBeGreaterThan(1);
  });

  test.each([
    ["a 201", () => ({ status: 201, body: "{}" }), "status 201, not 200"],
    ["an answer that is no JSON", () => ({ status: 200, body: "Ok" }), "the answer's body is not JSON"],
    ["no answer", () => null, "no answer within 1000 ms"],
  ])("Agora takes %s for a failure", async (_what, answer, error) => {
    sandbox.control.changeSettings({ limits: { webhookTimeoutMs: 1_000 } });
    receiver.answer = (request) =>
      receiver.received.filter(({ body }) => body.noticeId === request.body.noticeId).length > 1
        ? { status: 200, body: "{}" }
        : answer();
    sandbox.control.join("shop_1", 42, "host");
    const webhooks = () => sandbox.control.record().webhooks;
    await sandbox.control.until("both are delivered", () => webhooks().every(({ outcome }) => outcome === "delivered"));
    for (const { attempts } of webhooks()) expect(attempts.map((one) => one.error)).toEqual([error, null]);
  });

  test("Cloudflare sends once, and takes any 2xx", async () => {
    const created = await cloudflare.create(liveInputBody);
    const { uid } = created.body.result as { uid: string };
    receiver.answer = () => ({ status: 500, body: "" });
    sandbox.control.failInput(uid, { code: "ERR_UNHEALTHY" });
    await sandbox.control.until("it failed", ({ webhooks }) => webhooks[0]?.outcome === "failed");
    receiver.answer = () => ({ status: 204, body: "" });
    sandbox.control.failInput(uid, { code: "ERR_UNHEALTHY" });
    await sandbox.control.until("it is delivered", ({ webhooks }) => webhooks[1]?.outcome === "delivered");
    expect(sandbox.control.record().webhooks.map(({ attempts }) => attempts.length)).toEqual([1, 1]);
  });

  test("a webhook that was never configured is only recorded", async () => {
    sandbox.control.changeSettings({ webhooks: { agora: null } });
    await startRecorder(agora, {});
    await sandbox.control.until("the recorder notified", ({ webhooks }) =>
      webhooks.some((one) => one.eventType === 70),
    );
    expect(entryOutcomes()).toEqual(new Set(["no_target"]));
    expect(receiver.received).toEqual([]);
  });

  const entryOutcomes = () => new Set(sandbox.control.record().webhooks.map(({ outcome }) => outcome));
});

test.each([
  ["an unknown operation", { operation: "pause", answer: "drop" }, "operation"],
  ["a fault of a call that does nothing", { operation: "start" }, "an `answer`, a `delayMs`"],
  ["an unknown answer", { operation: "start", answer: "vanish" }, "dropAfter"],
  ["an unknown action", { match: {}, action: "mangle" }, "action"],
  ["an unknown product", [{ match: { product: 4 }, action: "lose" }], "product"],
  ["what names neither", { times: 1 }, "match"],
  ["no fault at all", [], "at least one"],
  ["what is no JSON", "{", "JSON"],
])("refuses %s and says why", async (_what, body, words) => {
  expect(await call("POST", `${sandbox.url}/sandbox/faults`, body)).toMatchObject({
    status: 400,
    body: { error: expect.stringContaining(words) as string },
  });
});
