import { afterEach, beforeEach, expect, test } from "vitest";

import { createSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { createInput } from "./bodies.ts";
import { type AgoraClient, agoraClient, call, type CloudflareClient, cloudflareClient } from "./clients.ts";
import { canvas, change, type MediaPush, mediaPush, raw, transcoded, videoChange, view } from "./converters.ts";
import { type Received, type Receiver, startReceiver } from "./receiver.ts";
import { isSigned } from "./signatures.ts";

let receiver: Receiver;
let sandbox: Sandbox;
let agora: AgoraClient;
let cloudflare: CloudflareClient;
let push: MediaPush;

beforeEach(async () => {
  receiver = await startReceiver();
  const converters = { updatesPerSecond: 1000 };
  sandbox = await createSandbox({ settings: { serviceUrl: receiver.url, pace: 0.02, converters } });
  agora = agoraClient(sandbox);
  cloudflare = cloudflareClient(sandbox);
  push = mediaPush(agora);
});
afterEach(async () => {
  await sandbox.close();
  await receiver.close();
});

const isPush = (eventType: number) => (one: Received) => one.body.productId === 5 && one.body.eventType === eventType;
const isState = (state: string) => (one: Received) => isPush(3)(one) && one.body.payload.converter.state === state;
const isRtc = (eventType: number) => (one: Received) => one.body.productId === 1 && one.body.eventType === eventType;
const isLive = (eventType: string) => (one: Received) => one.body.data.event_type === eventType;
const anyNumber = expect.any(Number) as number;
const post = (path: string, body?: unknown) => call("POST", `${sandbox.url}/sandbox${path}`, body);
const entry = (id: string) => sandbox.control.record().converters.find((one) => one.id === id);
const span = (liveInput: string) => sandbox.control.record().publishers.filter((one) => one.liveInput === liveInput);

async function created(body: object): Promise<string> {
  const answer = await push.create(body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body.converter.id;
}

/** A host is there, and a converter pushes to a live input. */
async function running(converter: object = {}): Promise<{ id: string; uid: string; rtmpUrl: string }> {
  sandbox.control.join("shop_1", 42, "host");
  const input = await createInput(cloudflare);
  const id = await created(transcoded({ rtmpUrl: input.rtmpUrl, ...converter }));
  await receiver.until(1, isState("running"));
  await receiver.until(1, isLive("live_input.connected"));
  return { id, ...input };
}

test("a converter lives as documented: created, running, connected, updated, destroyed", async () => {
  sandbox.control.join("shop_1", 42, "host");
  const { uid, rtmpUrl } = await createInput(cloudflare);
  const answer = await push.create(transcoded({ rtmpUrl, idleTimeOut: 120 }), { headers: { "x-request-id": "req-1" } });
  const { id } = answer.body.converter;
  const summary = { id, createTs: anyNumber, updateTs: anyNumber };
  expect(answer).toMatchObject({
    status: 200,
    body: { converter: { ...summary, state: "connecting" }, fields: "id,createTs,updateTs,state" },
  });
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  await receiver.until(1, isState("running"));
  await receiver.until(1, isLive("live_input.connected"));

  const transcodeOptions = {
    rtcChannel: "shop_1",
    audioOptions: {},
    videoOptions: { canvas, layout: [view(42)], bitrate: 2260 },
  };
  const configured = { name: "shop_1_main", rtmpUrl, idleTimeout: 120, transcodeOptions };
  const { createTs, updateTs } = answer.body.converter;
  expect(await push.get(id)).toMatchObject({ status: 200 });
  expect((await push.get(id)).body).toEqual({ ...configured, createTs, updateTs, state: "running" });

  const layout = [view(42, { width: 640 }), view(7, { xPos: 640, width: 640 })];
  const headers = { "x-request-id": "req-2" };
  expect(await push.update(id, videoChange("layout", { layout }), "?sequence=0", headers)).toMatchObject({
    status: 200,
    body: { converter: { ...summary, state: "running" }, fields: "id,createTs,updateTs,state" },
  });
  const removed = await push.remove(id);
  expect([removed.status, removed.body]).toEqual([200, undefined]);
  await receiver.until(1, isLive("live_input.disconnected"));
  await receiver.until(1, isPush(4));

  const payload = (eventType: number) => receiver.received.find(isPush(eventType))?.body.payload;
  const lts = anyNumber;
  expect(payload(1)).toEqual({
    converter: { ...configured, ...summary, state: "connecting" },
    lts,
    xRequestId: "req-1",
  });
  expect(payload(2)).toEqual({
    converter: { ...summary, state: "running", transcodeOptions: { rtcChannel: "shop_1", videoOptions: { layout } } },
    lts,
    xRequestId: "req-2",
    fields: "id,createTs,updateTs,state,transcodeOptions.videoOptions.layout",
  });
  expect(payload(3)).toEqual({
    converter: { ...summary, state: "running" },
    lts,
    fields: "id,createTs,updateTs,state",
  });
  expect(payload(4)).toEqual({
    converter: { ...summary, name: "shop_1_main" },
    lts,
    destroyReason: "Delete Request",
    fields: "id,name,createTs,updateTs",
  });
  for (const one of receiver.received) expect(isSigned(sandbox, one), one.raw).toBe(true);

  expect(entry(id)).toMatchObject({
    channel: "shop_1",
    region: "eu",
    size: "hd",
    state: "destroyed",
    runningSince: null,
    destroyedAt: anyNumber,
    destroyReason: "Delete Request",
    states: [{ state: "connecting" }, { state: "running" }, { state: "destroyed" }],
    shown: [{ uids: [42] }, { uids: [42, 7] }],
    updates: [{ sequence: 0, applied: true, fields: "transcodeOptions.videoOptions.layout" }],
  });
  expect(span(uid)).toMatchObject([{ sid: id, to: anyNumber }]);
});

test("answers carry the request's id, ours or a new one, and the converter's", async () => {
  const own = await push.create(transcoded(), { headers: { "x-request-id": "req-1" } });
  const { id } = own.body.converter;
  const names = ["x-request-id", "x-custom-request-id", "x-resource-id"];
  expect(names.map((name) => own.headers.get(name))).toEqual(["req-1", "req-1", id]);
  const made = await push.get(id);
  expect(made.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  expect([made.headers.get("x-custom-request-id"), made.headers.get("x-resource-id")]).toEqual([null, id]);
  expect((await push.list()).headers.get("x-resource-id")).toBeNull();
  expect((await push.get("unknown")).headers.get("x-request-id")).toBeNull();
});

test("a converter without transcoding is shown below `converter`, as in its sample", async () => {
  const id = await created(raw());
  expect((await push.get(id)).body).toMatchObject({
    converter: { name: "shop_1_main", rawOptions: { rtcChannel: "shop_1", rtcStreamUid: 42 }, idleTimeout: 300 },
  });
  const body = change("rawOptions.rtcStreamUid", { rawOptions: { rtcStreamUid: 7 } });
  expect(await push.update(id, body)).toMatchObject({ status: 200 });
  expect(entry(id)?.shown).toMatchObject([{ uids: [42] }, { uids: [7] }]);
  const [updated] = await receiver.until(1, isPush(2));
  expect(updated?.body.payload.converter).toMatchObject({ rawOptions: { rtcChannel: "shop_1", rtcStreamUid: 7 } });
});

test.each([
  ["s", 1000],
  ["ms", 1],
] as const)("`lts` is in %s when told so, by Agora's clock", async (ltsUnit, unit) => {
  sandbox.control.changeSettings({ converters: { ltsUnit }, clocks: { agoraOffsetMs: 3_600_000 } });
  await created(transcoded());
  const [notice] = await receiver.until(1, isPush(1));
  const ms = (notice?.body.payload.lts ?? 0) * unit;
  expect(Math.abs(ms - (notice?.body.notifyMs ?? 0))).toBeLessThan(60_000);
});

test("an update of rtmpUrl moves the push to the other input", async () => {
  const first = await running();
  const second = await createInput(cloudflare);
  await push.update(first.id, change("rtmpUrl", { rtmpUrl: second.rtmpUrl }));
  await receiver.until(2, isState("running"));
  await receiver.until(1, isState("connecting"));
  expect(span(first.uid)).toMatchObject([{ to: anyNumber }]);
  expect(span(second.uid)).toMatchObject([{ sid: first.id, to: null }]);
});

test("only a greater sequence takes effect; an older update is answered as usual", async () => {
  const { id } = await running();
  const layout = (uid: number, sequence: number) =>
    push.update(id, videoChange("layout", { layout: [view(uid)] }), `?sequence=${sequence}`);
  const statuses: number[] = [];
  for (const [uid, sequence] of [
    [1, 5],
    [2, 5],
    [3, 4],
    [4, 9],
  ] as const) {
    statuses.push((await layout(uid, sequence)).status);
  }
  expect(statuses).toEqual([200, 200, 200, 200]);
  expect(entry(id)?.shown.map(({ uids }) => uids)).toEqual([[42], [1], [4]]);
  expect(entry(id)?.updates.map(({ sequence, applied }) => [sequence, applied])).toEqual([
    [5, true],
    [5, false],
    [4, false],
    [9, true],
  ]);
  await receiver.until(2, isPush(2));
});

test("a push that is refused fails, and one that is re-pointed runs", async () => {
  sandbox.control.join("shop_1", 42, "host");
  const { rtmpUrl } = await createInput(cloudflare);
  const id = await created(transcoded());
  await receiver.until(1, isState("failed"));
  expect((await push.get(id)).body).toMatchObject({ state: "failed" });
  await push.update(id, change("rtmpUrl", { rtmpUrl }));
  await receiver.until(1, isState("running"));
});

test("a push that drops connects for a while, fails if nothing mends it, and runs when it is mended", async () => {
  sandbox.control.changeSettings({ delays: { converterFailedMs: 6_000_000 } });
  const { id, uid } = await running();
  expect((await post(`/converters/${id}/push-drop`)).status).toBe(200);
  expect((await push.get(id)).body).toMatchObject({ state: "connecting" });
  expect(await post(`/converters/${id}/push-drop`)).toMatchObject({ status: 409 });
  expect((await post(`/converters/${id}/push-recover`)).status).toBe(200);
  await receiver.until(2, isState("running"));
  expect(span(uid)).toHaveLength(2);

  sandbox.control.changeSettings({ delays: { converterFailedMs: 1_000 } });
  sandbox.control.dropConverterPush(id);
  await receiver.until(1, isState("failed"));
  sandbox.control.recoverConverterPush(id);
  await receiver.until(3, isState("running"));

  await cloudflare.update(uid, { enabled: false });
  await receiver.until(2, isState("failed"));
  expect(entry(id)?.runningSince).toBeNull();
});

test("a converter that crashes says so, or nothing if it dies silently", async () => {
  const { id, uid } = await running();
  expect((await post(`/converters/${id}/crash`)).status).toBe(200);
  const [destroyed] = await receiver.until(1, isPush(4));
  expect(destroyed?.body.payload.destroyReason).toBe("Internal Error");
  expect((await push.get(id)).status).toBe(404);
  expect(span(uid)[0]?.to).not.toBeNull();
  expect(await post(`/converters/${id}/crash`)).toMatchObject({ status: 409 });

  const second = await created(transcoded());
  await post(`/converters/${second}/crash`, { silently: true });
  expect(entry(second)).toMatchObject({ state: "destroyed", destroyReason: "Internal Error" });
  const destroyedNotices = sandbox.control.record().webhooks.filter((one) => one.product === 5 && one.eventType === 4);
  expect(destroyedNotices).toHaveLength(1);
});

test("a converter that fails over is answered 404, but listed, and its name is taken", async () => {
  sandbox.control.changeSettings({ delays: { failoverMs: 6_000_000 } });
  const { id, uid } = await running();
  expect((await post(`/converters/${id}/failover`)).status).toBe(200);
  const gone = { status: 404, body: { reason: "Resource is not found and destroyed." } };
  expect(await push.get(id)).toMatchObject(gone);
  expect(await push.remove(id)).toMatchObject(gone);
  expect((await push.list()).body.data.members).toMatchObject([{ converterId: id, state: "connecting" }]);
  expect((await push.create(transcoded())).status).toBe(409);
  expect(await post(`/converters/${id}/failover`)).toMatchObject({ status: 409 });
  expect(await post(`/converters/${id}/push-recover`)).toMatchObject({ status: 409 });
  expect(span(uid)).toMatchObject([{ to: anyNumber }]);
  const [left] = await receiver.until(1, isRtc(106));
  expect(left?.body.payload).toMatchObject({ reason: 4 });
});

test("a converter that failed over runs again, its streaming server under another uid", async () => {
  const { id, uid } = await running();
  const [joined] = await receiver.until(1, isRtc(105));
  sandbox.control.failOverConverter(id);
  await receiver.until(2, isState("running"));
  const [, again] = await receiver.until(2, isRtc(105));
  expect(again?.body.payload.uid).not.toBe(joined?.body.payload.uid);
  expect((await push.get(id)).body).toMatchObject({ state: "running" });
  expect(span(uid)).toHaveLength(2);
});

test("a converter is destroyed when nobody whose stream it processes has been there for idleTimeOut", async () => {
  sandbox.control.join("shop_1", 42, "host");
  sandbox.control.join("shop_1", 7, "host");
  const all = await created(transcoded({ name: "all", idleTimeOut: 5 }));
  const one = await created(raw({ name: "one", idleTimeOut: 5 }));
  const other = await created(raw({ name: "other", idleTimeOut: 600 }));
  sandbox.control.leave("shop_1", 42, "host");
  const [idle] = await receiver.until(1, isPush(4));
  expect(idle?.body.payload).toMatchObject({ converter: { id: one, name: "one" }, destroyReason: "Idle Timeout" });
  sandbox.control.join("shop_1", 42, "host");
  sandbox.control.switchRole("shop_1", 7, "audience");
  sandbox.control.leave("shop_1", 42, "host");
  const [, second] = await receiver.until(2, isPush(4));
  expect(second?.body.payload).toMatchObject({ converter: { id: all, name: "all" }, destroyReason: "Idle Timeout" });
  // Its host was back in time, so that it counted from the second leave.
  expect(entry(other)?.state).not.toBe("destroyed");
});

test("a converter without anybody from the start is idle from the start", async () => {
  const id = await created(transcoded({ idleTimeOut: 1 }));
  await receiver.until(1, isPush(4));
  expect(entry(id)).toMatchObject({ destroyReason: "Idle Timeout" });
});

test("its streaming server joins as audience, comes back with the channel, and keeps none from its end", async () => {
  await running();
  const [joined] = await receiver.until(1, isRtc(105));
  expect(joined?.body.payload).toEqual({
    channelName: "shop_1",
    uid: anyNumber,
    platform: 6,
    clientSeq: anyNumber,
    ts: anyNumber,
  });
  const serverUid = Number(joined?.body.payload.uid);
  expect((await agora.channelUser("shop_1")).body).toMatchObject({
    data: { broadcasters: [42], audience: [serverUid], audience_total: 1 },
  });
  sandbox.control.leave("shop_1", 42, "host");
  await receiver.until(1, isRtc(102));
  const [left] = await receiver.until(1, isRtc(106));
  expect(left?.body.payload).toMatchObject({ uid: serverUid, reason: 1 });
  expect((await agora.channelUser("shop_1")).body).toMatchObject({ data: { channel_exist: false } });
  sandbox.control.join("shop_1", 42, "host");
  await receiver.until(2, isRtc(105));
});

test("its streaming server is gone with it, whatever the control made of it", async () => {
  const { id } = await running();
  const [joined] = await receiver.until(1, isRtc(105));
  sandbox.control.switchRole("shop_1", Number(joined?.body.payload.uid), "host");
  await push.remove(id);
  expect((await agora.channelUser("shop_1")).body).toMatchObject({ data: { broadcasters: [42], audience: [] } });

  const second = await created(transcoded());
  const [, again] = await receiver.until(2, isRtc(105));
  sandbox.control.leave("shop_1", Number(again?.body.payload.uid), "audience");
  await push.remove(second);
  expect((await agora.channelUser("shop_1")).body).toMatchObject({ data: { audience_total: 0 } });
});

test("its streaming server has a clientType if told so, is one of each converter, and can stay out", async () => {
  sandbox.control.changeSettings({ converters: { clientType: 20 } });
  await running();
  const [joined] = await receiver.until(1, isRtc(105));
  expect(joined?.body.payload).toMatchObject({ platform: 6, clientType: 20 });
  await created(transcoded({ name: "second" }));
  await receiver.until(2, isRtc(105));
  sandbox.control.leave("shop_1", 42, "host");
  await receiver.until(2, isRtc(106));
  await receiver.until(1, isRtc(102));

  sandbox.control.changeSettings({ converters: { joinsChannel: false } });
  sandbox.control.join("shop_1", 42, "host");
  await created(transcoded({ name: "third" }));
  await receiver.until(3, isPush(3));
  expect((await agora.channelUser("shop_1")).body).toMatchObject({ data: { audience_total: 0 } });
});

test("notifications of converters are lost, doubled, late and overtaken as planned, by product and channel", async () => {
  sandbox.control.planFaults(
    { match: { product: 5, eventType: 4, about: "shop_1" }, action: "lose" },
    { match: { product: 5, eventType: 1 }, action: "duplicate", ms: 5 },
    { match: { product: 5, eventType: 3 }, action: "reorder", ms: 60_000 },
  );
  const id = await created(transcoded());
  const [first, second] = await receiver.until(2, isPush(1));
  expect(second?.body.noticeId).toBe(first?.body.noticeId);
  await sandbox.control.until("it failed", () => entry(id)?.state === "failed");
  expect(receiver.received.some(isPush(3))).toBe(false);
  await push.update(id, change("jitterBufferSizeMs", { jitterBufferSizeMs: 100 }));
  await receiver.until(1, isPush(2));
  await receiver.until(1, isPush(3));
  await push.remove(id);
  const destroyed = sandbox.control.record().webhooks.find((one) => one.product === 5 && one.eventType === 4);
  expect(destroyed).toMatchObject({ about: "shop_1", outcome: "lost", attempts: [] });
});

test("a notification of a converter that is refused is sent again", async () => {
  receiver.answer = ({ body: { productId, noticeId } }) =>
    productId === 5 && receiver.received.filter(({ body }) => body.noticeId === noticeId).length < 2
      ? { status: 503, body: "{}" }
      : { status: 200, body: "{}" };
  await created(transcoded());
  const [first, again] = await receiver.until(2, isPush(1));
  expect(again?.body.noticeId).toBe(first?.body.noticeId);
});

test("calls fail as planned: a create that is done and whose answer is lost leaves its name taken", async () => {
  sandbox.control.planFaults(
    { operation: "create_converter", answer: "dropAfter" },
    { operation: "list_converters", answer: { status: 503, body: { reason: "overloaded" } } },
    { operation: "get_converter", answer: "drop" },
    { operation: "update_converter", answer: { status: 504, body: { message: "Gateway timeout." }, after: true } },
    { operation: "remove_converter", answer: { status: 500, body: {} } },
  );
  await expect(push.create(transcoded())).rejects.toThrow();
  expect((await push.create(transcoded())).status).toBe(409);
  expect((await push.list()).status).toBe(503);
  const [member] = (await push.list()).body.data.members;
  const id = String(member?.converterId);
  await expect(push.get(id)).rejects.toThrow();
  expect((await push.update(id, videoChange("layout", { layout: [view(7)] }))).status).toBe(504);
  expect((await push.remove(id)).status).toBe(500);
  expect(entry(id)).toMatchObject({ state: expect.not.stringMatching("destroyed") as string });
  expect(entry(id)?.shown.at(-1)?.uids).toEqual([7]);
});

test("state and record show converters over HTTP, without stream keys", async () => {
  const { id, uid, rtmpUrl } = await running();
  const key = rtmpUrl.slice(rtmpUrl.lastIndexOf("/") + 1);
  await push.update(id, change("rtmpUrl", { rtmpUrl }));
  await push.list();
  await receiver.until(2, isState("running"));
  const get = async (path: string) => (await call("GET", `${sandbox.url}/sandbox/${path}`)).body;
  const shown = { id, name: "shop_1_main", channel: "shop_1", state: "running", runningSince: anyNumber };
  const state = await get("state");
  expect(state).toMatchObject({
    settings: { converters: { enabled: true, quota: { sd: 20, hd: 5, fhd: 0 } } },
    channels: [{ name: "shop_1", people: [{ uid: 42 }, { ofConverter: id }] }],
    converters: [{ ...shown, push: "publishing" }],
    liveInputs: [{ uid, publishers: 1 }],
  });
  const record = await get("record");
  expect(record).toMatchObject({ converters: [{ ...shown, shown: [{ uids: [42] }] }] });
  expect(JSON.stringify([state, record])).not.toContain(key);
  expect((await push.get(id)).body).toMatchObject({ rtmpUrl });
});
