import { randomUUID } from "node:crypto";

import type { Scene } from "./scene.ts";

/** Agora's numbers of its products (Agora docs: request-header-body). */
const products = { rtc: 1, recording: 3 } as const;

/**
 * A notification about a person in a channel (Agora docs: event-types/rtc).
 *
 * @param more - fields that only this event has
 */
export function person(eventType: number, { channel, uid, seq, at }: Scene, more: object = {}): object {
  const payload = { channelName: channel, uid, clientSeq: seq, ts: toSeconds(at), ...more };
  return notification(products.rtc, eventType, payload);
}

/** An iPhone, as sellers have them; role changes come without it. */
export const device = { platform: 2 };
/** What Cloud Recording joins as. */
export const bot = { platform: 6, clientType: 10 };

/** A notification about a channel as a whole: 101, 102. */
export function channelEvent(eventType: number, { channel, at }: Scene, more: object = {}): object {
  return notification(products.rtc, eventType, { channelName: channel, ts: toSeconds(at), ...more });
}

/** A notification about a recording (Agora docs: event-types/cloud-recording). */
export function recording(eventType: number, { channel, recorder, seq, at }: Scene, details: object): object {
  if (recorder === null) throw new Error(`a notification of event ${eventType} needs a recorder`);
  return notification(products.recording, eventType, {
    cname: channel,
    uid: String(recorder.uid),
    sid: recorder.recordingSid,
    sequence: seq,
    sendts: at,
    serviceType: 6,
    details,
  });
}

/** What the "Check" button of Agora's console sends (Agora docs: enable-notification-center-service). */
export function healthCheck(scene: Scene): object {
  return person(103, { ...scene, channel: "test_webhook", uid: 12_121_212 }, device);
}

function notification(productId: number, eventType: number, payload: object): object {
  return { noticeId: `simulated:${randomUUID()}`, productId, eventType, notifyMs: Date.now(), payload };
}

function toSeconds(ms: number): number {
  return Math.floor(ms / 1000);
}
