import { eventTypes } from "../webhooks/index.ts";

/**
 * An event's type as a label. What a provider sends may be of any type, and each label is a series for ever, so one that
 * is in no table is `other`. Our own types are those of our code.
 */
export function knownType(source: string, type: string): string {
  const isOurs = source !== "agora" && source !== "cloudflare";
  return isOurs || Object.hasOwn(eventTypes, type) ? type : "other";
}
