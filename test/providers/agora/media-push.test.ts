import { inspect } from "node:util";

import { describe, expect, it, onTestFinished } from "vitest";

import {
  type Converter,
  type ConverterLayout,
  type ConverterResult,
  type ConverterState,
  createAgoraTransport,
  type CreateConverter,
  type CreateConverterResult,
  createMediaPush,
  type FindConverterResult,
  type MediaPushSettings,
  type Picture,
  type RemoveConverterResult,
  RtmpUrl,
} from "../../../src/providers/index.ts";
import { namedSlot, testDeps } from "../support/deps.ts";
import { inTurn, json, listen, refusingUrl, type Respond, silence, text } from "../support/http-server.ts";

const settings: MediaPushSettings = { appId: "0123456789abcdef", region: "EU", idleTimeoutSeconds: 300 };
const root = "/eu/v1/projects/0123456789abcdef/rtmp-converters";
const picture: Picture = { width: 1280, height: 720, fps: 30, bitrateKbps: 2_500 };
const rtmpUrl = new RtmpUrl("rtmps://live.cloudflare.com:443/live/stream-key");
const layout: ConverterLayout = { picture, hosts: [501, 502] };
const input: CreateConverter = { channel: "shoes #1", name: "7_42_1", rtmpUrl, ...layout };
const created = { converter: { id: "c0ffee00", createTs: 1, updateTs: 1, state: "connecting" }, fields: "id,state" };
/** Results, as the client's users see them. */
const createdIn = (state: ConverterState | null): CreateConverterResult => ({
  ok: true,
  converterId: "c0ffee00",
  state,
});
const existsIn = (state: ConverterState | null): ConverterResult => ({ ok: true, found: "exists", state });
const foundAs = (converter: Converter | null): FindConverterResult => ({ ok: true, converter });
const accepted: RemoveConverterResult = { ok: true, outcome: "accepted" };

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

async function mediaPush(respond: Respond, given: { apiUrls?: string[]; timeoutMs?: number } = {}) {
  const { url, received } = await listen(respond);
  const deps = testDeps();
  const { apiUrls = [url], timeoutMs } = given;
  const hosts = apiUrls.map((apiUrl) => [apiUrl]);
  const transport = createAgoraTransport(
    { hosts, customerId: "c", customerSecret: "customer-secret", timeoutMs },
    deps,
  );
  onTestFinished(() => transport.close());
  return { client: createMediaPush(settings, transport), received, deps, url };
}

describe("create", () => {
  it("sends a converter with transcoding: the hosts in a grid, everybody's sound, a keyframe every 2 s", async () => {
    const { client, received } = await mediaPush(json(200, created));
    expect(await client.create(input)).toEqual(createdIn("connecting"));
    expect(received).toMatchObject([{ method: "POST", url: root }]);
    const tile = (rtcStreamUid: number, xPos: number) => ({
      rtcStreamUid,
      region: { xPos, yPos: 0, zIndex: 1, width: 640, height: 720 },
      fillMode: "fit",
    });
    expect(received[0]?.body).toEqual({
      converter: {
        name: "7_42_1",
        transcodeOptions: {
          rtcChannel: "shoes #1",
          audioOptions: {},
          videoOptions: {
            canvas: { width: 1280, height: 720 },
            layoutType: 0,
            layout: [tile(501, 0), tile(502, 640)],
            bitrate: 2_500,
            frameRate: 30,
            gop: 60,
            codec: "H.264",
            codecProfile: "high",
          },
        },
        rtmpUrl: "rtmps://live.cloudflare.com:443/live/stream-key",
        idleTimeOut: 300,
      },
    });
  });

  it("asks for no more frames than Agora makes", async () => {
    const { client, received } = await mediaPush(json(200, created));
    await client.create({ ...input, picture: { ...picture, fps: 60 } });
    expect(received[0]?.body).toMatchObject({
      converter: { transcodeOptions: { videoOptions: { frameRate: 30, gop: 60 } } },
    });
  });

  it("without hosts has a place for somebody who isn't there, since a layout is required", async () => {
    const { client, received } = await mediaPush(json(200, created));
    await client.create({ ...input, hosts: [] });
    const layout = [
      {
        rtcStreamUid: 4_294_967_295,
        region: { xPos: 0, yPos: 0, zIndex: 1, width: 1280, height: 720 },
        fillMode: "fit",
      },
    ];
    expect(received[0]?.body).toMatchObject({ converter: { transcodeOptions: { videoOptions: { layout } } } });
  });

  it.each([
    ["200", json(200, created), "connecting"],
    ["201", json(201, created), "connecting"],
    ["no state", json(200, { converter: { id: "c0ffee00" } }), null],
    ["a state that isn't documented", json(200, { converter: { id: "c0ffee00", state: "idle" } }), null],
  ] as const)("is answered with an id: %s", async (_what, respond, state) => {
    const { client } = await mediaPush(respond);
    expect(await client.create(input)).toEqual(createdIn(state));
  });

  it("learns that one of the name exists", async () => {
    const message = "Resource with the same name already exists.";
    const { client } = await mediaPush(json(409, { message }));
    expect(await client.create(input)).toEqual({
      ok: false,
      disposition: "exists",
      retryAfterMs: null,
      error: { provider: "agora", operation: "create_converter", status: 409, code: null, message },
    });
  });

  it.each([
    [json(400, { message: "Invalid parameter: rtmpUrl. Replace it, and retry." }), "final", false],
    [json(404, { reason: "Resource is not found and destroyed." }), "rename", false],
    [json(404, { message: "no Route matched with those values" }), "final", false],
    [json(429, { message: "Request rate limit exceeded." }), "retry", false],
    [json(429, { message: "Resource quota limit exceeded." }), "capacity", false],
    [json(429, { reason: "No available resources." }), "capacity", false],
    [json(500, { message: "Internal errors." }), "retry", true],
    [json(504, { message: "Gateway timeout." }), "retry", true],
    [text(502, "<html>"), "retry", true],
    [json(200, { converter: {} }), "retry", true],
    [json(200, { converter: { id: ".." } }), "retry", true],
    [text(200, ""), "retry", true],
    [silence, "retry", true],
  ])("is refused: %#", async (respond, disposition, mayRun) => {
    const { client, received } = await mediaPush(respond, respond === silence ? { timeoutMs: 100 } : {});
    const { error, retryAfterMs, ...rest } = refusal(await client.create(input));
    expect(rest).toEqual({ ok: false, disposition, mayRun });
    expect([retryAfterMs, error.status]).toEqual(error.status === 429 ? [1_000, 429] : [null, error.status]);
    expect(received).toHaveLength(1);
  });

  it("says what to switch on when Media Push is not enabled", async () => {
    const { client } = await mediaPush(
      json(403, { reason: "No invalid permission to use this function. Contact us." }),
    );
    const { disposition, error } = refusal(await client.create(input));
    expect(disposition).toBe("final");
    expect(error.message).toBe(
      "No invalid permission to use this function. Contact us. " +
        '(Media Push is not enabled: in Agora\'s Console switch on "Server Side RESTful API" of this project)',
    );
  });

  it("did nothing if it never left", async () => {
    const { client } = await mediaPush(silence, { apiUrls: [await refusingUrl()] });
    expect(await client.create(input)).toMatchObject({ ok: false, disposition: "retry", mayRun: false });
  });

  it("may run if an earlier attempt of the call may have arrived, whatever the last one is answered", async () => {
    const dead = await listen((response) => response.destroy());
    const alive = await listen(json(400, { message: "Invalid parameter: rtmpUrl." }));
    const { client } = await mediaPush(silence, { apiUrls: [dead.url, alive.url] });
    expect(await client.create(input)).toMatchObject({ ok: false, disposition: "final", mayRun: true });
  });

  it("is refused without telling the stream's key", async () => {
    const { client, deps } = await mediaPush(json(400, { message: "Invalid parameter: rtmpUrl .../live/stream-key" }));
    const { error } = refusal(await client.create(input));
    expect(error.message).toBe("Invalid parameter: rtmpUrl .../live/[redacted]");
    expect(deps.text()).not.toContain("stream-key");
  });
});

describe("get", () => {
  it.each([
    ["bare", { name: "7_42_1", transcodeOptions: {}, rtmpUrl: "rtmps://x/live/key", state: "running" }, "running"],
    ["within converter", { converter: { name: "7_42_1", state: "failed" } }, "failed"],
    ["without a state", { name: "7_42_1", idleTimeout: 300 }, null],
  ] as const)("reads the state: %s", async (_how, body, state) => {
    const { client, received } = await mediaPush(json(200, body));
    expect(await client.get("c0/ffee")).toEqual(existsIn(state));
    expect(received).toMatchObject([{ method: "GET", url: `${root}/c0%2Fffee`, body: undefined }]);
  });

  it("learns that there is none", async () => {
    const { client } = await mediaPush(json(404, { reason: "Resource is not found and destroyed." }));
    expect(await client.get("c0ffee00")).toEqual({ ok: true, found: "not_found" });
  });

  it.each([
    ["a wrong address", json(404, { message: "no Route matched with those values" })],
    ["no JSON", text(200, "<html>")],
    ["a timeout of Agora's", json(504, { message: "Gateway timeout." })],
  ])("concludes nothing from %s", async (_what, respond) => {
    const { client } = await mediaPush(respond);
    expect(refusal(await client.get("c0ffee00")).error).toMatchObject({ operation: "get_converter" });
  });
});

describe("find", () => {
  const url = "/v1/projects/0123456789abcdef/channels/shoes%20%231/rtmp-converters";
  const member = (converterName: string, converterId = `id-of-${converterName}`) => ({
    rtcChannel: "shoes #1",
    converterName,
    converterId,
    idleTimeout: "300",
    state: "running",
  });
  const page = (names: string[], cursor: number | string) =>
    json(200, { success: true, data: { total_count: 2, cursor, members: names.map((name) => member(name)) } });

  it("reads the channel's list, which is of no region", async () => {
    const { client, received } = await mediaPush(page(["other", "7_42_1"], 0));
    const converter: Converter = { converterId: "id-of-7_42_1", name: "7_42_1", state: "running" };
    expect(await client.find("shoes #1", "7_42_1")).toEqual(foundAs(converter));
    expect(received).toMatchObject([{ method: "GET", url }]);
  });

  it("follows the cursor until the name is found, each page with a slot of its own", async () => {
    const { client, received, deps } = await mediaPush(
      inTurn(page(["a"], 500), page(["b"], "1000"), page(["7_42_1"], 1500)),
    );
    const found = await client.find("shoes #1", "7_42_1", { slot: namedSlot("mine", deps.happened) });
    expect(found).toMatchObject({ ok: true, converter: { converterId: "id-of-7_42_1" } });
    expect(received.map((request) => request.url)).toEqual([url, `${url}?cursor=500`, `${url}?cursor=1000`]);
    expect(deps.happened.filter((what) => what.endsWith("ready"))).toEqual([
      "mine ready",
      "slot 1 ready",
      "slot 2 ready",
    ]);
  });

  it.each([
    ["the last page", page(["a"], "0")],
    ["a list without members", json(200, { success: true, data: { total_count: 0, cursor: 0, members: [] } })],
    ["no list, of none", json(200, { success: true, data: { total_count: 0, cursor: 0 } })],
    ["no list, of none in a string", json(200, { success: true, data: { total_count: "0", members: null } })],
  ])("finds none: %s", async (_what, respond) => {
    const { client } = await mediaPush(respond);
    expect(await client.find("shoes #1", "7_42_1")).toEqual(foundAs(null));
  });

  it.each([
    ["a list that is missing", json(200, { success: true, data: { total_count: 3, cursor: 0 } })],
    ["a member without id", json(200, { success: true, data: { cursor: 0, members: [{ converterName: "a" }] } })],
    ["no success", json(200, { success: false, data: { cursor: 0, members: [] } })],
    ["a refusal", json(503, { message: "The server is temporarily down." })],
  ])("concludes nothing from %s", async (_what, respond) => {
    const { client } = await mediaPush(respond);
    expect(refusal(await client.find("shoes #1", "a")).error).toMatchObject({ operation: "list_converters" });
  });

  it("ends with a list that has no end", async () => {
    const { client, received } = await mediaPush(page(["a"], 500));
    const { error } = refusal(await client.find("shoes #1", "7_42_1"));
    expect(error.message).toBe("the channel's list of converters has no end after 10 pages");
    expect(received).toHaveLength(10);
  });
});

describe("a change", () => {
  it("of the layout is numbered and changes nothing else", async () => {
    const { client, received } = await mediaPush(json(200, created));
    const change = { converterId: "c0ffee00", sequence: 3, picture: { ...picture, width: 720, height: 1280 } };
    expect(await client.arrange({ ...change, hosts: [502, 501] })).toEqual({ ok: true });
    expect(received).toMatchObject([{ method: "PATCH", url: `${root}/c0ffee00?sequence=3` }]);
    const tile = (rtcStreamUid: number, yPos: number) => ({
      rtcStreamUid,
      region: { xPos: 0, yPos, zIndex: 1, width: 720, height: 640 },
      fillMode: "fit",
    });
    expect(received[0]?.body).toEqual({
      converter: { transcodeOptions: { videoOptions: { layout: [tile(502, 0), tile(501, 640)] } } },
      fields: "transcodeOptions.videoOptions.layout",
    });
  });

  it("of the URL is numbered, changes nothing else and is refused without telling the key", async () => {
    const { client, received, deps } = await mediaPush(json(400, { message: "Invalid parameter: stream-key" }));
    const answer = await client.updateRtmp({ converterId: "c0ffee00", sequence: 0, rtmpUrl });
    expect(received).toMatchObject([{ method: "PATCH", url: `${root}/c0ffee00?sequence=0` }]);
    expect(received[0]?.body).toEqual({
      converter: { rtmpUrl: "rtmps://live.cloudflare.com:443/live/stream-key" },
      fields: "rtmpUrl",
    });
    expect(refusal(answer).error).toMatchObject({ status: 400, message: "Invalid parameter: [redacted]" });
    expect(deps.text()).not.toContain("stream-key");
  });

  it("is made by any success, also an empty one", async () => {
    const { client } = await mediaPush((response) => response.writeHead(204).end());
    expect(await client.updateRtmp({ converterId: "c0ffee00", sequence: 0, rtmpUrl })).toEqual({ ok: true });
  });

  it("of a converter that is gone is refused", async () => {
    const { client } = await mediaPush(json(404, { reason: "Resource is not found and destroyed." }));
    const answer = refusal(await client.arrange({ converterId: "c0ffee00", sequence: 1, ...layout }));
    expect(answer).toMatchObject({ ok: false, error: { operation: "update_converter", status: 404 } });
  });
});

describe("remove", () => {
  it.each([200, 202, 204])("is accepted by an empty %d", async (status) => {
    const { client, received } = await mediaPush((response) => response.writeHead(status).end());
    expect(await client.remove("c0ffee00")).toEqual(accepted);
    expect(received).toMatchObject([{ method: "DELETE", url: `${root}/c0ffee00`, body: undefined }]);
  });

  it("says what was not found, for it may only be moving", async () => {
    const message = "Resource is not found and destroyed.";
    const { client } = await mediaPush(json(404, { reason: message }));
    expect(await client.remove("c0ffee00")).toMatchObject({
      ok: true,
      outcome: "not_found",
      error: { operation: "remove_converter", status: 404, message },
    });
  });

  it("has not happened without an answer", async () => {
    const { client } = await mediaPush(silence, { timeoutMs: 100 });
    expect(refusal(await client.remove("c0ffee00")).error.message).toBe("no answer within 100 ms");
  });
});

it("sends an id of its own with every request, and logs it with the answer's", async () => {
  const ids = { "x-request-id": "their-id", "x-resource-id": "c0ffee00" };
  const { client, received, deps } = await mediaPush(inTurn(json(200, created, ids), json(503, {})));
  await client.create(input);
  await client.get("c0ffee00");
  await client.find("shoes", "a");
  await client.updateRtmp({ converterId: "c0ffee00", sequence: 1, rtmpUrl });
  await client.remove("c0ffee00");
  const sent = received.map(({ headers }) => headers["x-request-id"]);
  for (const id of sent) expect(id).toMatch(uuid);
  expect(new Set(sent).size).toBe(5);
  expect(deps.lines().map(({ requestId, resourceId }) => [requestId, resourceId])).toEqual([
    ["their-id", "c0ffee00"],
    ...sent.slice(1).map((id) => [id, undefined]),
  ]);
});

/** The result, when it must be a failure. */
function refusal<R extends { ok: boolean }>(result: R): Extract<R, { ok: false }> {
  if (result.ok) throw new Error(`succeeded: ${inspect(result)}`);
  return result as Extract<R, { ok: false }>;
}
