import type { RelayMode, RtmpStatus } from "./events.ts";
import type { Heard } from "./sequences.ts";

/** Whatever was started to carry the picture: a recording, or a converter. */
export interface Recorder {
  session: number;
  attempt: number;
  uid: number;
  /** Not there for a recorder of a version that knew Cloud Recording only: see `modeOf`. */
  mode?: RelayMode;
  /** The uid that its notifications carry now: `uid`, or the newest after a failover. */
  liveUid: number;
  /**
   * Every uid that notifications of this recording came from or were announced for: when its newest was sent (Agora's
   * clock, ms), and whether it told of its own successor.
   */
  workers: Record<string, { sentAt: number; replaced: boolean }>;
  recordingSid: string | null;
  state: "acquired" | "running" | "stopping" | "ended";
  /** Since when it is in this state. */
  at: number;
  acquiredAt: number;
  runningAt: number | null;
  endedAt: number | null;
  /** How it ended: an end reported for a uid counts only while that uid is the live one. */
  ends: Record<string, RecorderEnd>;
  /** Proven ended by an answer to a call of ours. */
  proof: string | null;
  /** Push status by notification uid; `at` is when we learnt it. */
  rtmp: Record<string, { status: RtmpStatus; sequence: number; sentAt: number; at: number; changed: number }>;
  heardAt: number;
  missingAt: number | null;
  /** A fatal error was reported and the recorder not asked about it since. */
  suspect: boolean;
  /** It was the wanted one and is not any more, whatever it does. */
  released: boolean;
  /** Starts asked for with this resource. */
  starts: number;
  /** What is known of them: one that may have been carried out keeps its doubt, whatever later ones are answered. */
  start: "unanswered" | "refused" | "doubtful";
  repoints: number;
  /** Whom it shows, if it has to be told. */
  layout?: Layout;
  stop: RecorderStop | null;
  check: Check | null;
  /**
   * The `sequence`s of its notifications, by the uid that they carry. Not there for a recorder that an earlier version
   * started: what that one heard, nobody has counted.
   */
  heard?: Record<string, Heard>;
  /** The keys with which it writes its files. Not there if they don't end, or it writes none. */
  storage?: RecorderStorage;
}

export interface RecorderStorage {
  /** Since when it has them. */
  at: number;
  /** When they end, by the storage's clock (ms). */
  until: number;
  /** Others asked for so far. */
  round: number;
  /** The newest round as long as it brought none, with the failures in a row that it ends. */
  asked: { at: number; failedAt: number | null; failures: number; retryAfterMs: number | null } | null;
}

export interface Layout {
  /** The hosts that it was told last, and took. */
  shown: number[];
  /** Layouts asked for after its start. */
  rounds: number;
  /** When the newest was taken; not there before the first. */
  takenAt?: number;
  /** The newest that was asked for and not taken yet; `failures` in a row. */
  asked: { hosts: number[]; at: number; failedAt: number | null; failures: number } | null;
}

export interface RecorderEnd {
  cause: string;
  code: number | null;
  message: string;
  sequence: number;
  sentAt: number;
  /** Agora was asked afterwards, and it runs: it was the end of a worker that a failover left behind. */
  refuted: boolean;
}

export interface RecorderStop {
  firstAt: number;
  round: number;
  requestedAt: number;
  /** Of this round. */
  acceptedAt: number | null;
  /** In any round: from then on `not found` means ended. */
  acceptedOnce: boolean;
  failedAt: number | null;
  retryAfterMs: number | null;
  error: string | null;
  dead: boolean;
}

export interface Check {
  id: number;
  askedAt: number;
  /** `folded` when it was asked: the answer ranks above what was known then and below anything newer. */
  asOf: number;
  answeredAt: number | null;
  failed: boolean;
}
