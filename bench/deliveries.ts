import { randomUUID } from "node:crypto";

import { signAgora } from "../src/webhooks/sign.ts";

/** Known to both sides of a benchmark and to nobody else. */
export const ncsSecret = "bench-secret";

/** The channel of the acks that are counted: known, as a channel with viewers is. */
export const channel = "bench";

export interface Delivery {
  body: string;
  headers: Record<string, string>;
}

/** A signed NCS delivery, as Agora sends it. */
export function delivery(eventType: number, channelName: string, uid: number, clientSeq = Date.now()): Delivery {
  const body = JSON.stringify({
    noticeId: randomUUID(),
    productId: 1,
    eventType,
    notifyMs: Date.now(),
    payload: { channelName, uid, platform: 1, clientSeq, ts: Math.floor(Date.now() / 1000) },
  });
  return { body, headers: { "content-type": "application/json", ...signAgora(ncsSecret, body) } };
}
