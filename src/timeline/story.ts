import type { RefusalCount, StoredCall } from "../journal/index.ts";
import type { EffectType, LiveEvent, Policy } from "../live/index.ts";

/** An event of the channel's log. */
export interface StoryEvent {
  id: number;
  source: "agora" | "cloudflare" | "tally" | "operator";
  /** As in the log: `rtc.103`, `SessionOpened`. */
  type: string;
  /** What to call it, if it has no meaning for a channel. */
  description: string;
  /** What it means; null if nothing. */
  event: LiveEvent | null;
  status: string;
  note: string | null;
  /** Who asked for it, if somebody did and is known. */
  by: string | null;
  /** ms */
  receivedAt: number;
  /** The provider's clock, ms. */
  occurredAt: number | null;
}

export interface StoryEffect {
  id: number;
  /** The decision's. */
  eventId: number;
  type: EffectType;
  status: "open" | "succeeded" | "failed" | "cancelled" | "dead";
  attempts: number;
  error: string | null;
}

/** Who was told of what an event announced. */
export interface StoryNotification {
  eventId: number;
  /** How many of the endpoints that there are it was, or is to be, sent to. */
  endpoints: number;
  /** And how many of them took it. */
  delivered: number;
}

/** All that a session's timeline is told of. Times are ms of the database's clock. */
export interface Story {
  sessionId: string;
  channel: string;
  openedAt: number;
  closedAt: number | null;
  endReason: string | null;
  now: number;
  /** When the channel looks again by itself; null if it doesn't. */
  wakeAt: number | null;
  /** In the log's order. */
  events: readonly StoryEvent[];
  effects: readonly StoryEffect[];
  calls: readonly StoredCall[];
  notifications: readonly StoryNotification[];
  /** Deliveries that were refused while this went on, whosever they were. */
  refusals: readonly RefusalCount[];
  /** Viewers' comings and goings, which are not among the events. */
  viewers: number;
  /** The newest webhook of Cloudflare's before the session, of any channel, ms; null: none in the day before. */
  heardBefore: { cloudflare: number | null };
  policy: Policy;
  isTruncated: boolean;
  /** When the newest of its events was received that are not kept any more, ms; null: all are there. */
  keptFrom: number | null;
}
