import type { Body } from "../../body.ts";
import type { Envelope } from "../../delivery.ts";
import { anything, isObject, optionalNumber, optionalObject } from "../../fields.ts";
import { isProviderId, keyOfBytes, keyOfParts } from "../../keys.ts";
import { normaliseTime, toDate } from "../../times.ts";

/**
 * Reads the envelope of a notification. It has no id: what makes two the same is the input, the event and its time.
 * The test message that Cloudflare sends for a new destination has no `data`; its text has changed over time.
 * Cloudflare docs: stream/stream-live/webhooks, notifications/reference/webhook-payload-schema.
 */
export function readCloudflareNotificationEnvelope(body: Body): Envelope {
  const envelope = { dedupeKey: keyOfBytes(body), route: null, occurredAt: null };
  if (!isObject(body.payload)) return { ...envelope, type: "unknown" };
  if ((body.payload.data ?? null) === null) return { ...envelope, type: "notification.test" };

  const { data, ts } = notification.parse(body.payload);
  const occurredAt = timeOf(data.updated_at) ?? toDate(ts === null ? null : ts * 1000);
  if (!isProviderId(data.input_id)) return { ...envelope, type: "notification.other", occurredAt };
  const route = { kind: "live_input", key: data.input_id } as const;
  if (!isEventType(data.event_type)) return { ...envelope, type: "notification.other", route, occurredAt };
  const dedupeKey =
    typeof data.updated_at === "string"
      ? keyOfParts("live", data.input_id, data.event_type, data.updated_at)
      : keyOfBytes(body);
  return { type: data.event_type, dedupeKey, route, occurredAt };
}

const notification = optionalObject({
  data: optionalObject({ input_id: anything, event_type: anything, updated_at: anything }),
  ts: optionalNumber,
});

/** Three are documented (connected, disconnected, errored); another one keeps its name too. */
function isEventType(value: unknown): value is string {
  return typeof value === "string" && /^live_input\.[a-z_]{1,40}$/.test(value);
}

function timeOf(text: unknown): Date | null {
  const time = typeof text === "string" ? normaliseTime(text) : null;
  return time === null ? null : new Date(time);
}
