import type { LiveEvent } from "../../src/live/index.ts";
import type { Plan, Trouble, WebhookTrouble, WebhookType } from "./plan.ts";
import type { Timeline } from "./timeline.ts";

/** A webhook takes half a second. */
const deliveryMs = 500;
/** Agora tries three times more, at gaps that it doesn't publish. Cloudflare is not known to try again. */
const resendGapsMs = [1_000, 5_000, 10_000];

/** @returns false if nobody took it */
export type Receive = (dedupeKey: string, event: LiveEvent) => boolean;

/** Carries webhooks to the service, with the plan's trouble on the way. */
export class Network {
  receive: Receive = () => false;
  /** Told of a webhook that trouble kept from coming in time: for so many seconds, or for good. */
  onTrouble: (type: WebhookType, seconds: number | null) => void = () => undefined;
  private readonly timeline: Timeline;
  private readonly trouble = new Map<string, WebhookTrouble[]>();
  private readonly silences: Extract<Trouble, { kind: "silence" }>[] = [];
  private readonly startedAt: number;
  private readonly sent = new Map<string, number>();
  private keys = 0;

  constructor(timeline: Timeline, plan: Plan) {
    this.timeline = timeline;
    this.startedAt = timeline.now;
    for (const each of plan.trouble) {
      if (each.kind === "silence") this.silences.push(each);
      if (each.kind !== "webhook") continue;
      const key = `${each.type}:${each.nth}`;
      this.trouble.set(key, [...(this.trouble.get(key) ?? []), each.trouble]);
    }
  }

  /** @param onDelivered - told when the service has it in its log */
  send(type: WebhookType, event: LiveEvent, onDelivered: () => void = () => undefined): void {
    const nth = (this.sent.get(type) ?? 0) + 1;
    this.sent.set(type, nth);
    const key = `notice-${this.keys++}`;
    let delayMs = deliveryMs;
    for (const { of, from, seconds, how } of this.silences) {
      const leftMs = this.startedAt + (from + seconds) * 1000 - this.timeline.now;
      if (isOfCloudflare(type) !== (of === "cloudflare") || leftMs <= 0 || leftMs > seconds * 1000) continue;
      this.onTrouble(type, how === "lost" ? null : leftMs / 1000);
      if (how === "lost") return;
      delayMs += leftMs;
    }
    for (const trouble of this.trouble.get(`${type}:${nth}`) ?? []) {
      switch (trouble.how) {
        case "lost":
          this.onTrouble(type, null);
          return;
        case "delayed":
          this.onTrouble(type, trouble.seconds);
          delayMs += trouble.seconds * 1000;
          break;
        case "again": {
          this.onTrouble(type, trouble.seconds);
          const again = trouble.renamed ? `${key}-again` : key;
          this.deliver(type, again, event, onDelivered, delayMs + trouble.seconds * 1000);
          break;
        }
      }
    }
    this.deliver(type, key, event, onDelivered, delayMs);
  }

  private deliver(type: WebhookType, key: string, event: LiveEvent, onDelivered: () => void, delayMs: number): void {
    const gaps = isOfCloudflare(type) ? [] : [...resendGapsMs];
    const attempt = (): void => {
      if (this.receive(key, event)) {
        onDelivered();
        return;
      }
      const gap = gaps.shift();
      if (gap !== undefined) this.timeline.after(gap, attempt);
      else this.onTrouble(type, null);
    };
    this.timeline.after(delayMs, attempt);
  }
}

function isOfCloudflare(type: WebhookType): boolean {
  return type === "connected" || type === "disconnected" || type === "errored";
}
