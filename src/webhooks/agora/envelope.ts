import { z } from "zod";

import type { Route } from "../../eventlog/index.ts";
import { isChannelName } from "../../eventlog/index.ts";
import type { Body } from "../body.ts";
import type { Envelope } from "../delivery.ts";
import { anything, looseNumber, optionalNumber, optionalObject } from "../fields.ts";
import { isProviderId, keyOfBytes, keyOfParts } from "../keys.ts";
import { toDate } from "../times.ts";
import { isHealthCheck } from "./health-check.ts";
import { converterSubject, secondsOrMs } from "./media-push.ts";

/**
 * What Agora's Notification Center wraps around every event; `eventType` means something else for each `productId`.
 * Agora docs: request-header-body.
 */
export const notification = z.looseObject({
  productId: looseNumber.pipe(z.int().min(0)),
  eventType: looseNumber.pipe(z.int().min(0)),
  /** Stays the same when a notification is sent again. */
  noticeId: z
    .union([z.string().min(1), z.number()])
    .nullable()
    .catch(null),
  /** When this delivery was sent: another time with every redelivery. */
  notifyMs: optionalNumber,
  payload: anything,
});

/** The products of which Tally knows the events. */
export const products = { rtc: 1, recording: 3, pull: 4, push: 5 } as const;

const productNames = new Map<number, string>(Object.entries(products).map(([name, id]) => [id, name]));

/** Reads the envelope of a notification; a body that has none is `ncs.unknown`. */
export function readAgoraEnvelope(body: Body): Envelope {
  const result = notification.safeParse(body.payload);
  if (!result.success) return { type: "ncs.unknown", dedupeKey: keyOfBytes(body), route: null, occurredAt: null };
  const { productId, eventType, noticeId, notifyMs, payload } = result.data;
  const { route, at } = locate(productId, payload);
  return {
    type: `${productNames.get(productId) ?? `ncs.${productId}`}.${eventType}`,
    dedupeKey: noticeId === null ? keyOfBytes(body) : keyOfParts(productId, eventType, noticeId),
    route,
    occurredAt: toDate(at) ?? toDate(notifyMs),
  };
}

const whereAndWhen = optionalObject({
  channelName: anything,
  cname: anything,
  uid: anything,
  converter: converterSubject,
  ts: optionalNumber,
  sendts: optionalNumber,
  lts: optionalNumber,
});

/** Whom an event is about, and when it happened (Unix milliseconds). */
function locate(productId: number, payload: unknown): { route: Route | null; at: number | null } {
  const { channelName, cname, uid, converter, ts, sendts, lts } = whereAndWhen.parse(payload);
  switch (productId) {
    case products.rtc:
      return { route: channelRoute(channelName, uid), at: secondsToMs(ts) };
    case products.recording:
      return { route: channelRoute(cname, uid), at: sendts };
    case products.push: {
      // Events 3 and 4 name the converter only.
      const route = channelRoute(converter.rtcChannel, undefined) ?? converterRoute(converter.id);
      return { route, at: lts === null ? null : secondsOrMs(lts) };
    }
    default:
      return { route: null, at: lts === null ? null : secondsOrMs(lts) };
  }
}

function channelRoute(name: unknown, uid: unknown): Route | null {
  return isChannelName(name) && !isHealthCheck(name, uid) ? { kind: "channel", key: name } : null;
}

function converterRoute(id: unknown): Route | null {
  return isProviderId(id) ? { kind: "converter", key: id } : null;
}

function secondsToMs(seconds: number | null): number | null {
  return seconds === null ? null : seconds * 1000;
}
