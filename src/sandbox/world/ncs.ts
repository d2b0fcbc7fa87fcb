import { randomInt } from "node:crypto";

import { signAgora } from "../../webhooks/sign.ts";
import type { Settings } from "../settings.ts";
import type { Clocks } from "./clocks.ts";
import type { WebhookSender } from "./webhooks.ts";

/** 1 RTC channels, 3 Cloud Recording, 5 Media Push. */
type NcsProduct = 1 | 3 | 5;

const secretOf = { 1: "ncsRtc", 3: "ncsRecording", 5: "ncsPush" } as const;

/** Agora's Notification Center Service: wraps an event in its envelope and sends it, with resends. */
export interface Ncs {
  /**
   * @param about - the channel
   * @param agoraSessionId - the envelope's `sid`, which only RTC channel events carry
   */
  notify(product: NcsProduct, eventType: number, about: string, payload: object, agoraSessionId?: string): void;
}

export function createNcs(deps: { settings: Settings; clocks: Clocks; webhooks: WebhookSender }): Ncs {
  const { settings, clocks, webhooks } = deps;
  const project = randomInt(1_000_000_000, 2_000_000_000);
  let lastNotice = randomInt(1_000, 9_000);

  return {
    notify(product, eventType, about, payload, agoraSessionId) {
      const noticeId = `${project}:${++lastNotice}:${eventType}`;
      const secret = settings.secrets[secretOf[product]];
      webhooks.send({
        kind: "agora",
        product,
        eventType,
        about,
        url: settings.webhooks.agora,
        // Agora docs, NCS request body: `notifyMs` is the time of this attempt, `noticeId` stays.
        body: () => ({
          ...(agoraSessionId === undefined ? {} : { sid: agoraSessionId }),
          noticeId,
          productId: product,
          eventType,
          notifyMs: clocks.agora(),
          payload,
        }),
        headers: (rawBody) => ({ ...signAgora(secret, rawBody) }),
        resendGapsMs: settings.delays.ncsResendGapsMs,
        strictAnswer: true,
      });
    },
  };
}
