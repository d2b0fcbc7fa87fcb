import type { TraceContext } from "../traces/index.ts";

/** What a channel is known by at the place that an event comes from. */
export interface Route {
  kind: "channel" | "live_input" | "converter" | "video";
  key: string;
}

/** An event on its way into the log. */
export interface NewEvent {
  source: "agora" | "cloudflare" | "operator" | "tally";
  /** Unique within its source: what makes two deliveries the same event. */
  dedupeKey: string;
  type: string;
  /** Null for what concerns no channel (health checks, test messages). */
  route: Route | null;
  /** By the sender's clock; null if it told none. */
  occurredAt: Date | null;
  /** JSON, or undefined if the body was none. */
  payload: unknown;
  /** The body as text, only when there is no payload. */
  raw: string | null;
  bodySha256: string | null;
  /** The few request headers that are kept. */
  headers: Record<string, string> | null;
  /** What brought it here, if that is traced; the current span if it isn't said. */
  trace?: TraceContext | null;
}

/** Where an event ended up. */
export interface Appended {
  id: number;
  /** True if the log held it already; `id` is that of the first. */
  duplicate: boolean;
}
