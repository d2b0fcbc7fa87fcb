import type { RecordEntries } from "../../src/sandbox/world/record.ts";
import { botClientTypes, graceMs } from "./environment.ts";

export interface Span {
  from: number;
  to: number;
}

interface PresenceBody {
  payload?: { uid?: number; clientType?: number };
}

/** Agora docs, channel event types. */
const comes: readonly unknown[] = [103, 111];
const goes: readonly unknown[] = [104, 112];

/**
 * When a host was in a channel, each time with the grace after it; not overlapping. By what the sandbox had to tell,
 * whether it arrived or not.
 */
export function hostSpans({ webhooks }: Pick<RecordEntries, "webhooks">, channel: string): Span[] {
  const present = new Set<number>();
  const spans: Span[] = [];
  for (const { product, about, eventType, at, body } of webhooks) {
    if (product !== 1 || about !== channel) continue;
    const { uid = 0, clientType = 0 } = (body as PresenceBody).payload ?? {};
    if (botClientTypes.includes(clientType)) continue;
    const before = present.size;
    if (comes.includes(eventType)) present.add(uid);
    if (goes.includes(eventType)) present.delete(uid);
    const last = spans.at(-1);
    if (before === 0 && present.size > 0) {
      if (last !== undefined && last.to >= at) last.to = Infinity;
      else spans.push({ from: at, to: Infinity });
    }
    if (before > 0 && present.size === 0 && last !== undefined) last.to = at + graceMs;
  }
  return spans;
}
