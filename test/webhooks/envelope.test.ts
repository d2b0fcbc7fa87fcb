import { createHash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { isChannelName } from "../../src/eventlog/index.ts";
import { envelopeOf, fixture, json } from "./support.ts";

const hashOf = (bytes: Buffer | string) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

describe("Agora's envelope", () => {
  const agora = (body: Buffer | string | object) => envelopeOf("/agora", body);
  const rtc = (payload: object) => agora({ noticeId: "n", productId: 1, eventType: 103, payload });

  it("has the product's name and the event in its type, and the notice in its key", () => {
    expect(agora({ noticeId: "2000001428:4330:107", productId: 1, eventType: 103, payload: {} })).toMatchObject({
      type: "rtc.103",
      dedupeKey: "1:103:2000001428:4330:107",
    });
    expect(agora({ noticeId: 77, productId: 3, eventType: 40 })).toMatchObject({
      type: "recording.40",
      dedupeKey: "3:40:77",
    });
    expect(agora({ noticeId: "n", productId: "5", eventType: "4" })).toMatchObject({
      type: "push.4",
      dedupeKey: "5:4:n",
    });
    expect(agora({ noticeId: "n", productId: 4, eventType: 3 })).toMatchObject({ type: "pull.3" });
    expect(agora({ noticeId: "n", productId: 8, eventType: 110 })).toMatchObject({ type: "ncs.8.110", route: null });
  });

  it("has the same key when Agora sends a notification again, with another notifyMs", () => {
    const first = json("rtc.103.json");
    expect(agora({ ...first, notifyMs: 1 }).dedupeKey).toBe(agora(first).dedupeKey);
  });

  it("has the body's hash for a key where there is no notice", () => {
    for (const noticeId of [undefined, null, "", {}, true]) {
      const body = JSON.stringify({ noticeId, productId: 1, eventType: 103, payload: {} });
      expect(agora(body).dedupeKey).toBe(hashOf(body));
    }
  });

  it("has a key of at most 500 plain characters, different for different notices", () => {
    const keys = ["x".repeat(496), "x".repeat(497), "\0", "\ud800", "\udfff", "é"].map(
      (noticeId) => agora({ noticeId, productId: 1, eventType: 1 }).dedupeKey,
    );
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys[0]).toBe(`1:1:${"x".repeat(496)}`);
    for (const key of keys.slice(1)) expect(key).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it("is ncs.unknown where product or event are missing or no numbers", () => {
    for (const body of [
      "{}",
      "[]",
      "null",
      '"text"',
      "not JSON",
      "",
      '{"productId":1}',
      '{"productId":1,"eventType":"join"}',
      '{"productId":-1,"eventType":1}',
      '{"productId":1.5,"eventType":1}',
    ]) {
      expect(agora(body)).toEqual({ type: "ncs.unknown", dedupeKey: hashOf(body), route: null, occurredAt: null });
    }
  });

  it("routes by the channel", () => {
    expect(agora(fixture("rtc.103.json").bytes).route).toEqual({ kind: "channel", key: "channel_42" });
    expect(agora(fixture("recording.70.json").bytes).route).toEqual({ kind: "channel", key: "channel_42" });
    expect(agora(fixture("push.1.json").bytes).route).toEqual({ kind: "channel", key: "channel_42" });
    expect(agora(fixture("push.2.json").bytes).route).toEqual({ kind: "channel", key: "channel_42" });
  });

  it("routes by the converter where Media Push names no channel", () => {
    for (const file of ["push.3.json", "push.4.json"]) {
      expect(agora(fixture(file).bytes).route).toEqual({ kind: "converter", key: "8d31a7c05be9462f9a40c1d27e6f5b38" });
    }
  });

  it("routes health checks nowhere, and a real user in a channel of that name somewhere", () => {
    for (const uid of [12121212, "12121212", undefined, null]) {
      expect(rtc({ channelName: "test_webhook", uid, ts: 1 }).route).toBeNull();
      expect(agora({ productId: 3, eventType: 40, payload: { cname: "test_webhook", uid } }).route).toBeNull();
    }
    expect(rtc({ channelName: "test_webhook", uid: 7, ts: 1 }).route).toEqual({ kind: "channel", key: "test_webhook" });
    expect(rtc({ channelName: "other", uid: 12121212, ts: 1 }).route).toEqual({ kind: "channel", key: "other" });
  });

  it("routes nowhere what can be no channel and no converter", () => {
    for (const channelName of ["", "x".repeat(65), "kanal_é", "a/b", "..", "\0", 42, null, undefined]) {
      expect(rtc({ channelName, uid: 7 }).route).toBeNull();
    }
    for (const id of ["", "x".repeat(65), "a b", 7, null]) {
      expect(agora({ productId: 5, eventType: 3, payload: { converter: { id } } }).route).toBeNull();
    }
  });

  it("occurred when the event says, else when the notification was sent", () => {
    const at = (body: object) => agora({ noticeId: "n", eventType: 1, ...body }).occurredAt?.toISOString();
    const notifyMs = 1_790_006_400_500;
    expect(at({ productId: 1, notifyMs, payload: { ts: 1_790_006_400 } })).toBe("2026-09-21T16:00:00.000Z");
    expect(at({ productId: 3, notifyMs, payload: { sendts: 1_790_006_400_123 } })).toBe("2026-09-21T16:00:00.123Z");
    expect(at({ productId: 5, notifyMs, payload: { lts: 1_790_006_400 } })).toBe("2026-09-21T16:00:00.000Z");
    expect(at({ productId: 5, notifyMs, payload: { lts: 1_790_006_400_123 } })).toBe("2026-09-21T16:00:00.123Z");
    expect(at({ productId: 1, notifyMs, payload: { ts: "soon" } })).toBe("2026-09-21T16:00:00.500Z");
    expect(at({ productId: 1, notifyMs, payload: { ts: 1e17 } })).toBe("2026-09-21T16:00:00.500Z");
    expect(at({ productId: 1, payload: {} })).toBeUndefined();
  });
});

describe("the envelope of a Cloudflare notification", () => {
  const live = (body: Buffer | string | object) => envelopeOf("/cloudflare/live", body);
  const input = "d5b1f0a27c9e48d6a3f418e25c7b6091";
  const updated_at = "2026-09-21T13:53:31.004518207Z";

  it("is of the input, the event and its time to the nanosecond", () => {
    expect(live(fixture("live_input.connected.json").bytes)).toEqual({
      type: "live_input.connected",
      dedupeKey: `live:${input}:live_input.connected:${updated_at}`,
      route: { kind: "live_input", key: input },
      occurredAt: new Date("2026-09-21T13:53:31.004Z"),
    });
  });

  it("keeps the name of an event that Cloudflare adds", () => {
    expect(live({ data: { input_id: input, event_type: "live_input.paused", updated_at } }).type).toBe(
      "live_input.paused",
    );
  });

  it("is a test message without data, whatever its text", () => {
    for (const body of ['{"text":"Hello World!"}', "{}", '{"text":"x","data":null}']) {
      expect(live(body)).toEqual({ type: "notification.test", dedupeKey: hashOf(body), route: null, occurredAt: null });
    }
  });

  it("is another notification where it names no input or no event", () => {
    for (const data of [{}, "text", { input_id: "a b" }, { input_id: 7 }, { event_type: "live_input.connected" }]) {
      expect(live({ data })).toMatchObject({ type: "notification.other", route: null });
    }
    for (const event_type of [undefined, 7, "video.ready", "live_input.", `live_input.${"x".repeat(41)}`]) {
      const envelope = live({ data: { input_id: input, event_type, updated_at } });
      expect(envelope).toMatchObject({ type: "notification.other", route: { kind: "live_input", key: input } });
    }
  });

  it("has the body's hash for a key where there is no time", () => {
    const body = JSON.stringify({ data: { input_id: input, event_type: "live_input.connected" }, ts: 1_790_006_400 });
    expect(live(body).dedupeKey).toBe(hashOf(body));
    expect(live(body).occurredAt?.toISOString()).toBe("2026-09-21T16:00:00.000Z");
  });

  it("is unknown if it is no JSON object", () => {
    for (const body of ["", "hello", "null", "[]", '"text"', "7"]) {
      expect(live(body)).toEqual({ type: "unknown", dedupeKey: hashOf(body), route: null, occurredAt: null });
    }
  });
});

describe("the envelope of a Stream webhook", () => {
  const video = (body: Buffer | string | object) => envelopeOf("/cloudflare/video", body);
  const ready = json("video.ready.json");

  it("is of the video, its state and when that was set", () => {
    expect(video(ready)).toEqual({
      type: "video.ready",
      dedupeKey: "video:a7f3c9e1508d4b62bd9e0c41762f85aa:ready:2026-09-21T14:09:40.50291Z",
      route: { kind: "live_input", key: "d5b1f0a27c9e48d6a3f418e25c7b6091" },
      occurredAt: new Date("2026-09-21T14:09:40.502Z"),
    });
  });

  it("routes by the video where the body names no live input", () => {
    expect(video({ ...ready, liveInput: undefined }).route).toEqual({ kind: "video", key: ready.uid });
    expect(video({ ...ready, liveInput: null, uid: null }).route).toBeNull();
  });

  it("has the body's hash in its key where the time is missing, and alone where the video or the state is", () => {
    const untimed = JSON.stringify({ ...ready, modified: undefined });
    expect(video(untimed).dedupeKey).toBe(
      `video:${String(ready.uid)}:ready:${hashOf(untimed).slice("sha256:".length)}`,
    );
    for (const body of [
      { ...ready, uid: undefined },
      { ...ready, status: {} },
    ].map((body) => JSON.stringify(body))) {
      expect(video(body).dedupeKey).toBe(hashOf(body));
    }
  });

  it("takes its type from the state, in which an error comes first", () => {
    const typeOf = (readyToStream: unknown, state: unknown) =>
      video({ uid: "v", readyToStream, status: { state } }).type;
    expect(typeOf(true, "ready")).toBe("video.ready");
    expect(typeOf(true, undefined)).toBe("video.ready");
    expect(typeOf(false, "ready")).toBe("video.ready");
    expect(typeOf(true, "error")).toBe("video.error");
    expect(typeOf(false, "inprogress")).toBe("video.other");
    expect(typeOf("true", 7)).toBe("video.other");
    expect(video({}).type).toBe("video.other");
  });

  it("is unknown if it is no JSON object", () => {
    for (const body of ["", "hello", "null", "[]"]) expect(video(body)).toMatchObject({ type: "unknown", route: null });
  });
});

describe("isChannelName", () => {
  it("takes Agora's characters, 1 to 64 of them", () => {
    const characters = "abcxyzABCXYZ019 !#$%&()+-:;<=.>?@[]^_{}|~,";
    for (const name of [...new Set(characters.split("")), characters, "x".repeat(64), "...", "channel_42"]) {
      if (name !== ".") expect(isChannelName(name)).toBe(true);
    }
  });

  it("takes nothing else", () => {
    for (const name of [
      "",
      ".",
      "..",
      "x".repeat(65),
      "a/b",
      "a\\b",
      'a"b',
      "a'b",
      "a*b",
      "a`b",
      "é",
      "a\n",
      "a\t",
      "鍵",
      "\0",
    ]) {
      expect(isChannelName(name)).toBe(false);
    }
    for (const name of [undefined, null, 42, {}, ["a"]]) expect(isChannelName(name)).toBe(false);
  });
});
