import type { NewEvent, Route } from "../../src/eventlog/index.ts";

let notices = 0;

/** An Agora channel event as the webhooks hand it on. */
export function rtcEvent(
  eventType: number,
  of: { channel: string; uid: number; seq?: number; ts?: number; noticeId?: string },
): NewEvent {
  const { channel, uid, seq = 1, ts = Math.floor(Date.now() / 1000), noticeId = `notice-${++notices}` } = of;
  const payload = {
    noticeId,
    productId: 1,
    eventType,
    payload: { channelName: channel, uid, clientSeq: seq, ts, platform: 7 },
  };
  return delivery(`rtc.${eventType}`, { kind: "channel", key: channel }, `1:${eventType}:${noticeId}`, payload);
}

/** Cloudflare's word on a live input. */
export function ingestEvent(what: "connected" | "disconnected", liveInput: string, updatedAt: string): NewEvent {
  const payload = {
    name: "t",
    text: "t",
    data: { input_id: liveInput, event_type: `live_input.${what}`, updated_at: updatedAt },
  };
  const route: Route = { kind: "live_input", key: liveInput };
  return {
    ...delivery(`live_input.${what}`, route, `live:${liveInput}:live_input.${what}:${updatedAt}`, payload),
    source: "cloudflare",
  };
}

export function delivery(type: string, route: Route | null, dedupeKey: string, payload: unknown): NewEvent {
  return {
    source: "agora",
    dedupeKey,
    type,
    route,
    occurredAt: null,
    payload,
    raw: null,
    bodySha256: null,
    headers: { "content-type": "application/json" },
  };
}
