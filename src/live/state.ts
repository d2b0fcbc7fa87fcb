import type { EndReason, HoldReason, ProviderError, RelayMode, RtmpStatus } from "./events.ts";

/**
 * The state of one channel: what the events of its log add up to, and nothing else. Stored as jsonb, so every field is
 * plain JSON. `at` and names ending in `At` are our clock (ms); `ts` and `updatedAt` are a provider's.
 */
export interface ChannelState {
  channelId: number;
  hostUid: number | null;
  relayMode: RelayMode | null;
  /** Events folded so far; a checkup remembers the count at which it was asked. */
  folded: number;
  presence: Record<string, Presence>;
  /** The newest end of the channel that we heard of (102), Unix seconds of Agora. */
  destroyedTs: number;
  host: HostView;
  session: Session | null;
  /** Sessions opened so far, which is also the number of the newest. */
  sessions: number;
  relay: Relay | null;
  /** The uid of the newest attempt, so that the next one takes the other. */
  lastUid: number | null;
  /** Every start that was ever sent, by resource id, until it is proven ended (and 20 ended ones after that). */
  recorders: Record<string, Recorder>;
  liveInput: LiveInput;
  ingest: Ingest;
  checks: Checks;
  hold: { reason: HoldReason; at: number } | null;
  /** Holds set so far. */
  holds: number;
  /** A manual start keeps a session without a host until then. */
  manualUntil: number | null;
}

export interface Presence {
  present: boolean;
  seq: number;
  /** Unix seconds, Agora's clock; of a checkup's answer, the newest we knew when it was asked. */
  ts: number;
  /** Among equal `seq`: a join loses to a leave, a leave to a checkup's answer. */
  by: "join" | "leave" | "check";
  bot: boolean;
  communication: boolean;
  /** `folded` when this entry last changed. */
  changed: number;
}

/** Whether a host is present, kept while folding because it remembers since when. */
export interface HostView {
  present: boolean;
  /** Our clock: when we learnt it. Null before the first host. */
  sinceAt: number | null;
  /** Agora's clock, Unix seconds: when it happened. */
  ts: number | null;
  /** Our clock: the newest word about who is here, webhook or answer. */
  heardAt: number | null;
}

export interface Session {
  number: number;
  openedAt: number;
  liveAt: number | null;
  ending: { at: number; reason: EndReason } | null;
  closedAt: number | null;
  /** Attempts at a relay so far. */
  attempts: number;
  /** Failed starts since the last one that stayed healthy. */
  failures: number;
  /** Relays lost after they ran, since the last one that stayed healthy. */
  restarts: number;
  lastFailureAt: number | null;
  retryAfterMs: number | null;
  /** The last failure, for the reason in the status. */
  failure: { error: ProviderError | null; kind: "start" | "live_input" | "capacity" | "lost"; final: boolean } | null;
}

/** The one recorder that this session wants. */
export interface Relay {
  attempt: number;
  uid: number;
  mode: RelayMode;
  requestedAt: number;
  resourceId: string | null;
  /** The ingest was confirmed for this relay, by a webhook or a checkup. */
  confirmedAt: number | null;
  /** When the picture was last known to be missing; null while all is well. */
  troubleAt: number | null;
  /** What was done about it so far. */
  remedy: Remedy;
}

export interface Remedy {
  /** The checkup of this trouble: when asked, whether both ends answered. */
  recorderCheck: number | null;
  ingestCheck: number | null;
  repoint: { round: number; at: number } | null;
  checksAfterRepoint: boolean;
}

export interface Recorder {
  session: number;
  attempt: number;
  uid: number;
  /** The uid that its notifications carry now: `uid`, or the newest after a failover. */
  liveUid: number;
  failover: { sequence: number; sentAt: number } | null;
  recordingSid: string | null;
  state: "acquired" | "running" | "stopping" | "ended";
  /** Since when it is in this state. */
  at: number;
  acquiredAt: number;
  runningAt: number | null;
  endedAt: number | null;
  /** How it ended: an end reported for a uid counts only while that uid is the live one. */
  ends: Record<string, { cause: string; code: number | null; message: string }>;
  /** Proven ended by an answer to a call of ours. */
  proof: string | null;
  /** Push status by notification uid. */
  rtmp: Record<string, { status: RtmpStatus; sequence: number; sentAt: number; checked: boolean; changed: number }>;
  heardAt: number;
  missingAt: number | null;
  /** A fatal error was reported and the recorder not asked about it since. */
  suspect: boolean;
  stop: RecorderStop | null;
  repoints: number;
  check: { id: number; askedAt: number; asOf: number; answeredAt: number | null } | null;
}

export interface RecorderStop {
  firstAt: number;
  round: number;
  requestedAt: number;
  acceptedAt: number | null;
  failedAt: number | null;
  retryAfterMs: number | null;
  error: string | null;
  dead: boolean;
}

export interface LiveInput {
  uid: string | null;
  playbackBase: string | null;
  attempts: number;
  /** An attempt without an outcome yet. */
  pending: boolean;
}

export interface Ingest {
  state: "unknown" | "connected" | "disconnected" | "errored";
  error: { code: string; message: string } | null;
  /** Cloudflare's clock, normalised; null until the first word. */
  updatedAt: string | null;
  checked: boolean;
  /** Our clock. */
  sinceAt: number | null;
  /** True from `RelayRequested` until the next word: what we know is of an earlier relay. */
  old: boolean;
  changed: number;
}

export interface Checks {
  /** Checkups asked so far; the next one's id. */
  count: number;
  presence: Check | null;
  ingest: Check | null;
}

export interface Check {
  id: number;
  askedAt: number;
  /** `folded` when it was asked: the answer ranks above what was known then and below anything newer. */
  asOf: number;
  answeredAt: number | null;
  failed: boolean;
}

/** A channel of which nothing is known yet. */
export function initialState(channelId: number): ChannelState {
  return {
    channelId,
    hostUid: null,
    relayMode: null,
    folded: 0,
    presence: {},
    destroyedTs: 0,
    host: { present: false, sinceAt: null, ts: null, heardAt: null },
    session: null,
    sessions: 0,
    relay: null,
    lastUid: null,
    recorders: {},
    liveInput: { uid: null, playbackBase: null, attempts: 0, pending: false },
    ingest: {
      state: "unknown",
      error: null,
      updatedAt: null,
      checked: false,
      sinceAt: null,
      old: true,
      changed: 0,
    },
    checks: { count: 0, presence: null, ingest: null },
    hold: null,
    holds: 0,
    manualUntil: null,
  };
}
