import type { StoredCall } from "../../src/journal/index.ts";
import { defaultPolicy, type LiveEvent } from "../../src/live/index.ts";
import { assembleTimeline } from "../../src/timeline/assemble.ts";
import type { Story, StoryEvent } from "../../src/timeline/story.ts";
import type { Entry, Timeline } from "../../src/timeline/timeline.ts";

/** 20:00:00 */
export const evening = Date.parse("2026-03-01T20:00:00Z");

/** An event so many seconds after eight. */
export function happened(seconds: number, event: LiveEvent, given: Partial<StoryEvent> = {}): StoryEvent {
  const at = evening + seconds * 1000;
  const source = sourceOf(event.type);
  return {
    id: Math.round(seconds * 10) + 1,
    source,
    type: event.type,
    description: event.type,
    event,
    status: "applied",
    note: null,
    receivedAt: at,
    by: null,
    occurredAt: source === "agora" || source === "cloudflare" ? at - 400 : null,
    ...given,
  };
}

function sourceOf(type: LiveEvent["type"]): StoryEvent["source"] {
  if (/^(Ingest(Connected|Disconnected|Errored)|VideoProcessed)$/.test(type)) return "cloudflare";
  if (/^(Host|Audience|ChannelDestroyed|Rtmp|Recorder(Started|Ended|FailedOver|Errored|Seen)$)/.test(type)) {
    return "agora";
  }
  const isOperators =
    /^(StartRequested|StopRequested|HoldReleased|CheckRequested|ReplayRequested|\w+Retried|ChannelRegistered)$/.test(
      type,
    );
  return isOperators ? "operator" : "tally";
}

export function tellStory(events: StoryEvent[], given: Partial<Story> = {}): Timeline {
  return assembleTimeline({
    sessionId: "42-1",
    channel: "shoes",
    openedAt: evening,
    closedAt: null,
    endReason: null,
    now: evening + 3_600_000,
    wakeAt: null,
    events,
    effects: [],
    calls: [],
    notifications: [],
    refusals: [],
    viewers: 0,
    heardBefore: { cloudflare: null },
    policy: defaultPolicy,
    isTruncated: false,
    keptFrom: null,
    ...given,
  });
}

/** `20:00:01 lane title (detail)` of each. */
export function linesOf({ entries }: Timeline): string[] {
  return entries.map(
    ({ at, lane, title, detail }) => `${at.slice(11, 19)} ${lane}: ${title}${detail === null ? "" : ` (${detail})`}`,
  );
}

export function find({ entries }: Timeline, words: string): Entry {
  const found = entries.find(({ title }) => title.includes(words));
  if (found === undefined) {
    throw new Error(`no entry says "${words}": ${entries.map(({ title }) => title).join(" | ")}`);
  }
  return found;
}

export const uid = 1001;
const resourceId = "resource-1";
const host = { uid, seq: 7, ts: 1, clientType: null, communication: false };
const recording = { uid: 999_042, recordingSid: "sid-1", sequence: 1, sentAt: 1 };
const picture = { liveInput: "input-1", updatedAt: "2026-03-01T20:00:00.000000000Z" };
export const error = { provider: "agora", operation: "start", status: 500, code: 65, message: "sorry" } as const;

/** What evenings are made of. */
export const facts = {
  joined: { type: "HostJoined", ...host },
  left: { type: "HostLeft", ...host, reason: 2 },
  opened: { type: "SessionOpened", session: 1, cause: "host" },
  requested: {
    type: "RelayRequested",
    session: 1,
    attempt: 1,
    uid: 999_042,
    mode: "cloud-recording",
    resourceId: null,
  },
  accepted: { type: "RecorderStartAccepted", resourceId, recordingSid: "sid-1" },
  failed: {
    type: "RelayStartFailed",
    session: 1,
    attempt: 1,
    uid: 999_042,
    resourceId,
    disposition: "retry",
    mayRun: false,
    retryAfterMs: null,
    error,
  },
  connected: { type: "IngestConnected", ...picture },
  disconnected: { type: "IngestDisconnected", ...picture },
  stop: { type: "RecorderStopRequested", resourceId, round: 1 },
  recorderEnded: { type: "RecorderEnded", ...recording, cause: "stopped", code: 0, message: "", files: [] },
  ending: { type: "SessionEnding", session: 1, reason: "host_left" },
  closed: { type: "SessionClosed", session: 1, reason: "host_left" },
} as const satisfies Record<string, LiveEvent>;

export function call(seconds: number, given: Partial<StoredCall> = {}): StoredCall {
  return {
    id: `00000000-0000-4000-8000-${String(Math.round(seconds * 10)).padStart(12, "0")}`,
    at: new Date(evening + seconds * 1000),
    channelId: 42,
    effectId: 9,
    attempt: 1,
    provider: "agora",
    operation: "start",
    method: "POST",
    path: "/v1/start",
    host: "api.agora.io",
    status: 200,
    code: null,
    outcome: "done",
    error: null,
    ms: 120,
    requestId: null,
    attempts: [],
    request: null,
    response: null,
    ...given,
  };
}
