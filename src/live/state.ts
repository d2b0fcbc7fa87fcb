import type { AnnouncementType, EndReason, HoldReason, Problem, ProviderError, RelayMode } from "./events.ts";
import type { Check, Recorder } from "./recorder-state.ts";
import type { Resolution } from "./resolution.ts";

export type { Check, Layout, Recorder, RecorderStop, RecorderStorage } from "./recorder-state.ts";

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
  /** Of earlier sessions, by number, that a remembered recorder belongs to. Not there: of none. */
  meters?: Record<string, Meter>;
  /** Sessions opened so far, which is also the number of the newest. */
  sessions: number;
  relay: Relay | null;
  /** The uid of the newest attempt, so that the next one takes the other. */
  lastUid: number | null;
  /** Every start that was ever sent, by resource id (of a converter, its name), until it is proven ended (and 20 ended ones after that). */
  recorders: Record<string, Recorder>;
  liveInput: LiveInput;
  ingest: Ingest;
  checks: Checks;
  hold: { reason: HoldReason; at: number } | null;
  /** Holds set so far. */
  holds: number;
  /** When a manual start asked for a session, host or not. */
  manualAt: number | null;
  /**
   * Since when presence is in doubt, until an answer asked later. Not there: no doubt. So a state of a version that knew
   * no doubts is one without, and is what its events add up to still.
   */
  doubtedAt?: number;
  /** As `doubtedAt`, of whether the picture arrives at Cloudflare. */
  pictureDoubtedAt?: number;
  /** What must have been told and was not, as far as it can be seen; what came late after all is taken off. */
  missed?: Missed;
  /** By number, the sessions whose picture reached Cloudflare and whose video isn't known yet. Not there: none. */
  videos?: Record<string, AwaitedVideo>;
  /** Videos that are to be deleted, by uid, until they are. Not there: none. */
  deletions?: Record<string, Deletion>;
  /** What viewers have of the live input. Not there: its picture was never seen to come or go since this is looked at. */
  playback?: Playback;
  /** What the app was told. Not there: nothing, as of a version that told nothing. */
  announced?: Announcements;
}

export interface AwaitedVideo {
  /** Where the picture arrived. */
  liveInput: string;
  /**
   * When it first did, Cloudflare's clock, normalised. If only an answer to a question told of it, when the relay was
   * requested, by ours.
   */
  since: string;
  /** `since` of the next session that had a picture: no later video is of this one. */
  until?: string;
  /** The picture came more than once, so there may be more than one video. */
  again: boolean;
  closedAt: number | null;
  /** Questions asked so far. */
  round: number;
  /** How much of the series of waits is behind it. */
  step: number;
  /** Failed questions in a row. */
  failures: number;
  /** The newest question as long as it brought no answer. */
  asked: { at: number; last: boolean; failedAt: number | null; retryAfterMs: number | null } | null;
}

export interface Deletion {
  session: number;
  /** Tries so far. */
  round: number;
  /** Failed tries in a row. */
  failures: number;
  /** The newest try. */
  asked: { at: number; failedAt: number | null; retryAfterMs: number | null; error: string | null } | null;
  /** Given up, until a person wants it tried again. */
  dead: boolean;
}

/** One broadcast as its viewers have it: at Cloudflare one video, also with drops shorter than its hold. */
export interface Playback {
  /** Counted over the channel's life. */
  broadcast: number;
  /** When it was first, and last, seen to play; null: not yet. */
  seen: { firstAt: number; lastAt: number } | null;
  /** Questions asked about it. */
  tries: number;
  /** One was answered with no. */
  denied: boolean;
  /** The planned questions are answered, and it should play by now. */
  late: boolean;
  check: (Check & { last: boolean }) | null;
  /** Since when its picture doesn't arrive: when we learnt it, and by Cloudflare's clock if that told it. */
  lostAt: number | null;
  lostUpdatedAt: string | null;
  /** For how long the picture was gone before it came back; null: nobody can say. Not there: it wasn't. */
  gapMs?: number | null;
}

export interface Announcements {
  /** Over the channel's life; the next one's number is one more. */
  count: number;
  /** The last word on a session's light, which is on, off for long, or out for good. */
  light?: { session: number; last: Exclude<AnnouncementType, "recording.failed" | "video.ready"> };
  /** Problems that were told and are not over. Not there: none. */
  problems?: Problem[];
}

export interface Missed {
  /** Notifications of recorders, by Agora's `sequence`. */
  recording: number;
  /** Joins and leaves, each seen from the next of the same user. */
  presence: number;
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
  /** Nobody ever said that they published. */
  audience?: true;
  /** When an answer first didn't name them any more, our clock. Not there: their leave was told, or they are here. */
  noticedAt?: number;
  /** It came after an answer to who is here, and happened before that was asked. */
  late?: boolean;
  /** What must have happened between this and the fact before it, whose `seq` was `after`, and was not told. */
  missed?: { what: "join" | "leave"; after: number };
}

/** Whether a host is present, kept while folding because it remembers since when. */
export interface HostView {
  present: boolean;
  /** Our clock: when we learnt it. Null before the first host. */
  sinceAt: number | null;
  /** Our clock: the newest word about who is here, webhook or answer. */
  heardAt: number | null;
}

export interface Session {
  number: number;
  cause: "host" | "manual";
  openedAt: number;
  /** When it was first seen live. */
  liveAt: number | null;
  /** When viewers could first watch it. Not there: not yet. */
  playableAt?: number;
  /** Since when it is not, though it was and its host is here. Not there: it is, or was not yet. */
  lostAt?: number;
  /** When it stopped wanting a recorder. */
  ending: { at: number; reason: EndReason } | null;
  closedAt: number | null;
  /** Relays requested so far. */
  attempts: number;
  /** Failed starts in a row. */
  failures: number;
  /** Relays lost in a row after they ran. */
  restarts: number;
  /** The newest failure: when, how long the provider asked us to wait, and what to tell the seller. */
  failure: Failure | null;
  /** A resource that may be started again instead of acquiring another. */
  resume: string | null;
  /** Of this session's own recorders. */
  meter: Meter;
  /** Of the picture, when the session was opened. Not there: HD, the only one that earlier versions knew. */
  resolution?: Resolution;
}

/**
 * How long recorders of one session ran, in ms, each by itself: two at once count twice, as Agora charges them. From the
 * first word that one runs to the first word that it has ended.
 */
export interface Meter {
  /** How far it is counted. */
  at: number;
  withHostMs: number;
  withoutHostMs: number;
  /** What of both was Media Push. Not there: nothing. */
  mediaPushMs?: number;
}

export interface Failure {
  at: number;
  kind: "live_input" | "start" | "capacity" | "lost";
  /** Trying again cannot help. */
  final: boolean;
  retryAfterMs: number | null;
  error: ProviderError | null;
}

/** The one recorder that this session wants. */
export interface Relay {
  attempt: number;
  uid: number;
  mode: RelayMode;
  requestedAt: number;
  resourceId: string | null;
  /** Cloudflare's end was confirmed for this relay, by a webhook or a checkup. */
  confirmedAt: number | null;
  /** Since when the recorder runs and the picture is missing; null while all is well. */
  troubleAt: number | null;
  /** Since when all is well. */
  healthyAt: number | null;
  /** When Agora was told to push again because of this trouble. */
  repointedAt: number | null;
}

export interface LiveInput {
  uid: string | null;
  playbackBase: string | null;
  attempts: number;
  /** An attempt without an outcome yet. */
  pending: boolean;
  /** We had Cloudflare refuse its picture; the next start takes that back. */
  disabled: boolean;
  /** Rounds of disabling so far, and when the newest was asked for. */
  disable: { round: number; at: number };
  /** Whether it plays with signed links only. Not there: Cloudflare didn't say. */
  signed?: boolean;
}

export interface Ingest {
  state: "unknown" | "connected" | "disconnected" | "errored";
  error: { code: string; message: string } | null;
  /** Cloudflare's clock, normalised; null until the first word. */
  updatedAt: string | null;
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

/** A channel of which nothing is known yet. */
export function initialState(channelId: number): ChannelState {
  return {
    channelId,
    hostUid: null,
    relayMode: null,
    folded: 0,
    presence: {},
    destroyedTs: 0,
    host: { present: false, sinceAt: null, heardAt: null },
    session: null,
    sessions: 0,
    relay: null,
    lastUid: null,
    recorders: {},
    liveInput: {
      uid: null,
      playbackBase: null,
      attempts: 0,
      pending: false,
      disabled: false,
      disable: { round: 0, at: 0 },
    },
    ingest: {
      state: "unknown",
      error: null,
      updatedAt: null,
      sinceAt: null,
      old: true,
      changed: 0,
    },
    checks: { count: 0, presence: null, ingest: null },
    hold: null,
    holds: 0,
    manualAt: null,
  };
}
