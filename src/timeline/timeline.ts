import type { CallItem } from "../journal/index.ts";

/** What an entry is about. */
export type Lane = "host" | "recorder" | "rtmp" | "cloudflare" | "tally" | "calls" | "operator";
export type Tone = "good" | "bad" | "neutral";

/**
 * `event`: somebody told us, or asked. `decision`: what Tally made of it. `outcome`: what came of a decision.
 * `call`: of a provider. `deadline`: what was waited for, until when.
 */
export type EntryKind = "event" | "decision" | "call" | "deadline" | "outcome";

export interface Entry {
  /** When we learnt it, ISO 8601; of a call, when it left. */
  at: string;
  kind: EntryKind;
  lane: Lane;
  id: string;
  type: string;
  /** What happened, and of a decision why, in plain words. */
  title: string;
  detail: string | null;
  tone: Tone;
  eventId: number | null;
  effectId: number | null;
  /** The provider's clock. */
  occurredAt: string | null;
  /** How much later by our clock it came. */
  skewMs: number | null;
  /** Of an event of the log. */
  status: string | null;
  note: string | null;
  call: CallItem | null;
  /** Of deadlines and spans. */
  untilAt: string | null;
}

/** How much later than its own time a provider's word comes, by our clock: its way, and the difference of the clocks. */
export interface ClockGap {
  medianMs: number;
  mostMs: number;
}

export interface Timeline {
  sessionId: string;
  channel: string;
  openedAt: string;
  closedAt: string | null;
  endReason: string | null;
  /** There was more than is told. */
  isTruncated: boolean;
  /** Of its events those up to then are not kept any more, ISO 8601; null: all are there. */
  keptFrom: string | null;
  clocks: { agora: ClockGap | null; cloudflare: ClockGap | null };
  /** In the order in which it happened. */
  entries: Entry[];
}

/** What a type of event, decision or outcome is in plain words. */
export interface Told {
  lane: Lane;
  title: string;
  detail?: string | null;
  tone?: Tone;
}
