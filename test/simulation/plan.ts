import type { RelayMode } from "../../src/live/index.ts";

/** What happens in one evening, written down beforehand: the same plan is always the same evening. */
export interface Plan {
  /** How the providers are tonight, where their documents leave it open. */
  ways: Ways;
  /** What people, recorders and operators do, one after the other. */
  script: Act[];
  /** What goes wrong with single calls, webhooks and steps of the service, by their number. */
  trouble: Trouble[];
}

export interface Ways {
  /** How the picture is carried, until an act says otherwise. */
  mode: RelayMode;
  /** Whether `201 already started` and `400 task conflict` tell the recording's sid: documented bodies don't. */
  refusalTellsSid: boolean;
  /** Seconds from an accepted start to the first picture; Agora says about 5. */
  startSeconds: number;
  /** Seconds after which a dropped push connects again by itself; null: never. */
  reconnectSeconds: number | null;
  /** Whether the notifications of a recorder count from 0 again after a failover. */
  countsAgain: boolean;
  /** Whether the worker that a failover leaves behind reports its end, under the old uid. */
  oldWorkerReports: boolean;
  /** Whether a recorder reports its upload's progress once a minute (33). */
  reportsProgress: boolean;
  /** What a second publisher on one live input meets. */
  secondPublisher: "let_in" | "refused" | "takes_over";
}

/** Hosts are 0 and 1; 2 is a bot that publishes (on-premise recording). */
export type Who = 0 | 1 | 2;

/** @param after - seconds after the act before */
export type Act = { after: number } & (
  | { kind: "join" | "leave" | "becomes_host" | "becomes_audience" | "joins_audience"; who: Who }
  /** The newest running recorder dies; silently, or with its notifications. */
  | { kind: "recorder_dies"; silently: boolean }
  /** It moves to another machine: for so many seconds nobody finds it. */
  | { kind: "recorder_moves"; seconds: number }
  | { kind: "push_drops" }
  | { kind: "ingest_errs"; code: string }
  | { kind: "live_input_deleted" }
  | { kind: "operator"; what: "StartRequested" | "StopRequested" | "HoldReleased" | "CheckRequested" }
  /** The app has the channel carried otherwise, from the next start on. */
  | { kind: "mode"; mode: RelayMode }
  /** All processes are gone for so long. */
  | { kind: "outage"; seconds: number }
);

export const operations = [
  "findLiveInput",
  "createLiveInput",
  "getLiveInput",
  "enableLiveInput",
  "acquire",
  "start",
  "stop",
  "query",
  "update",
  "createConverter",
  "getConverter",
  "findConverter",
  "updateConverter",
  "removeConverter",
  "users",
  "listVideos",
  "look",
] as const;
export type Operation = (typeof operations)[number];

export const webhookTypes = [
  "joined",
  "left",
  "audience",
  "destroyed",
  "started",
  "seen",
  "rtmp",
  "moved",
  "stopped",
  "exited",
  "uploaded",
  "connected",
  "disconnected",
  "errored",
] as const;
export type WebhookType = (typeof webhookTypes)[number];

export type CallTrouble =
  /** An answer that says no, at once; the call did nothing. */
  | { how: "refused" | "rate_limited" | "full" }
  /** Never received, never answered. */
  | { how: "hangs" }
  /** Done, and the answer is lost. */
  | { how: "answer_lost" }
  /** Done at once, and answered so many seconds later: below 8. */
  | { how: "slow"; seconds: number }
  /** Done so many seconds later; after 8 s nobody waits for the answer any more. */
  | { how: "late"; seconds: number };

export type WebhookTrouble =
  | { how: "lost" }
  | { how: "delayed"; seconds: number }
  /** Delivered again, as the same notification or as another one that says the same. */
  | { how: "again"; seconds: number; renamed: boolean };

export type Trouble =
  | { kind: "call"; operation: Operation; nth: number; trouble: CallTrouble }
  | { kind: "webhook"; type: WebhookType; nth: number; trouble: WebhookTrouble }
  /** All webhooks of one provider that come up in a span of time are lost, or come at its end. */
  | { kind: "silence"; of: "agora" | "cloudflare"; from: number; seconds: number; how: "lost" | "delayed" }
  /** The process that does the service's n-th step dies right after it, and is back so many seconds later. */
  | { kind: "death"; step: number; seconds: number };
