import fc from "fast-check";

import { type Door, fixtures } from "./support.ts";

export const door = fc.constantFrom<Door>("/agora", "/cloudflare/live", "/cloudflare/video");
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const anyJson = fc.json({ depthSize: "medium" }).map((text) => Buffer.from(text));

/** Documented bodies with something else in the place of one of their values: what bugs would come from. */
const nearlyDocumented = fc
  .record({
    fixture: fc.constantFrom(...fixtures.filter(({ file }) => file.endsWith(".json"))),
    noticeId: fc.uuid(),
    position: fc.nat(),
    value: fc.oneof(
      fc.jsonValue(),
      fc.constantFrom("\0", "\ud800", "1e400", -1, 1e300, {}, [], null, "x".repeat(600), "__proto__", "..", "a/b"),
    ),
  })
  .map(({ fixture, noticeId, position, value }) => {
    const body = JSON.parse(fixture.bytes.toString("utf8")) as Record<string, unknown>;
    if ("noticeId" in body) body.noticeId = noticeId; // or all that come from one fixture were the same event
    const places = placesIn(body);
    const place = places[position % places.length];
    if (place !== undefined) place.object[place.key] = value;
    return { door: fixture.door, body: Buffer.from(JSON.stringify(body)) };
  });

const megabyte = 1024 * 1024;

/** What is hard on whoever parses, walks or stores it. */
const hostile = fc
  .constantFrom(
    "[".repeat(200_000),
    `${"[".repeat(5000)}${"]".repeat(5000)}`,
    '{"a":'.repeat(100_000),
    `{"${"k".repeat(megabyte - 10)}":1}`,
    `[${"1,".repeat(200_000)}1]`,
    `{${Array.from({ length: 50_000 }, (_, i) => `"k${i}":${i}`).join(",")}}`,
    `{"productId":1,"eventType":103,"noticeId":"n","payload":{"__proto__":{"channelName":"stolen"}}}`,
    `{"__proto__":{"productId":1,"eventType":103,"noticeId":"n"}}`,
    `{"constructor":{"prototype":{"polluted":true}},"productId":1,"eventType":103}`,
    `{"productId":3,"productId":1,"eventType":103,"eventType":104,"noticeId":"a","noticeId":"b","payload":{}}`,
    `{"productId":1,"eventType":103,"notifyMs":1e400,"noticeId":-1e400,"payload":{"ts":${"9".repeat(400)}}}`,
    `{"productId":1,"eventType":103,"noticeId":"\\u0000\\ud800","payload":{"channelName":"\\u0000","account":"\\udfff"}}`,
    '{"data":{"input_id":"\\u0000","event_type":"live_input.connected","updated_at":"\\ud800"}}',
    `rtmp://${"a:".repeat(100_000)}@host/${"b/".repeat(100_000)}`,
    "\ufeff{}",
    "\0".repeat(1000),
    '"token":"'.repeat(20_000),
  )
  .map((text) => Buffer.from(text));

/** A body, and the door at which it is handed in. */
export const anyBody = fc.oneof(
  { weight: 4, arbitrary: nearlyDocumented },
  { weight: 3, arbitrary: fc.record({ door, body: fc.oneof(bytes, anyJson) }) },
  { weight: 1, arbitrary: fc.record({ door, body: hostile }) },
);

/** Headers with which somebody tries who knows no secret. */
export const forgedHeaders = fc.oneof(
  fc.constant({}),
  fc.dictionary(
    fc.constantFrom("agora-signature", "agora-signature-v2", "cf-webhook-auth", "webhook-signature"),
    fc.oneof(
      fc.string({ unit: fc.constantFrom(..."0 1 a f g , = time sig1".split(" "), " ") }),
      fc.stringMatching(/^[0-9a-fA-F]{40}$/),
      fc.stringMatching(/^[0-9a-f]{64}(, [0-9a-f]{64})?$/),
      fc.stringMatching(/^time=[0-9]{10},sig1=[0-9a-f]{64}$/),
      fc.constant("f".repeat(2_000)),
    ),
  ),
);

function placesIn(value: unknown): { object: Record<string, unknown>; key: string }[] {
  if (typeof value !== "object" || value === null) return [];
  const object = value as Record<string, unknown>;
  return Object.keys(object).flatMap((key) => [{ object, key }, ...placesIn(object[key])]);
}
