import { createHash } from "node:crypto";

import { expect, it } from "vitest";

import { deliveryOf } from "../../src/cli/events/forward/delivery-of.ts";
import type { StoredEvent } from "../../src/eventlog/index.ts";
import { createRedactor } from "../../src/redaction/index.ts";
import { readBody } from "../../src/webhooks/body.ts";

/** How a body of these bytes is stored. */
function stored(bytes: Buffer, of: Partial<StoredEvent> = {}): StoredEvent {
  const { payload, raw, sha256 } = readBody(bytes, createRedactor());
  return { source: "agora", type: "rtc.103", payload, raw, bodySha256: sha256, headers: null, ...of } as StoredEvent;
}

it.each([
  ["JSON", Buffer.from('{"a":1}')],
  ["the JSON null", Buffer.from("null")],
  ["text", Buffer.from("no JSON")],
  ["text that looks like stored bytes", Buffer.from("base64:aGVsbG8=")],
  ["bytes that are no text", Buffer.from([0, 255, 254])],
  ["nothing", Buffer.from("")],
])("a stored body of %s is sent as it came", (_, bytes) => {
  const { body } = deliveryOf(stored(bytes));
  expect(createHash("sha256").update(body).digest("hex")).toBe(createHash("sha256").update(bytes).digest("hex"));
});

it.each([
  ["agora", "ncs.unknown", "agora"],
  ["cloudflare", "live_input.connected", "cloudflare/live"],
  ["cloudflare", "notification.test", "cloudflare/live"],
  ["cloudflare", "video.ready", "cloudflare/video"],
] as const)("%s's %s goes to /webhooks/%s, with the content type that it had", (source, type, door) => {
  const event = stored(Buffer.from("{}"), { source, type, headers: { "content-type": "text/plain" } });
  expect(deliveryOf(event)).toMatchObject({ door, contentType: "text/plain" });
});
