/** The policy of a channel. Each value is a setting; names here are the settings' names in camel case. */
export interface Policy {
  /** `STOP_GRACE_SECONDS`: a host who drops and returns within it keeps the session. */
  stopGraceMs: number;
  /** `START_RETRY_SECONDS`: the waits between the first attempts; their number plus one is the number of attempts. */
  startRetryMs: readonly number[];
  /** `RECOVERY_SECONDS`: the waits after those, while the host stays; then the channel gives up. */
  recoveryMs: readonly number[];
  /** `START_CONFIRM_SECONDS`: a recorder runs and Cloudflare says nothing: ask both ends. */
  startConfirmMs: number;
  /** `INGEST_LOST_SECONDS`: a lost picture may come back by itself for so long. */
  ingestLostMs: number;
  /** `DEGRADED_AFTER_SECONDS`: a broadcast whose picture is missing for longer is told as degraded. */
  degradedAfterMs: number;
  /** `CHECKUP_SECONDS`: silence after which each end is asked once; 0 = never. */
  checkupMs: number;
  /**
   * `PLAYABLE_CHECK_SECONDS`: the waits before each question whether viewers can watch; with their end it should play.
   */
  playableCheckMs: readonly number[];
  /** `PLAYBACK_HOLD_SECONDS`: so long may a picture be gone without its broadcast's end; the live input's own. */
  playbackHoldMs: number;
  /** `STALE_SECONDS`: a join older than that is asked about before it may start anything. */
  staleMs: number;
  /**
   * `WORKER_LOST_SECONDS`: `404 failed to find worker` counts only after that long (failover takes up to 90 s); of a
   * converter, after a third longer (120 s).
   */
  workerLostMs: number;
  /** `STOP_DEAD_SECONDS`: stops that don't hold for that long are given up and shown. */
  stopDeadMs: number;
  /** `MAX_RESTARTS`: relays lost after they ran, per session. */
  maxRestarts: number;
  /** `HEALTHY_SECONDS`: after so long without trouble, failures and restarts are forgotten. */
  healthyMs: number;
  /** `MAX_SESSION_HOURS`. */
  maxSessionMs: number;
  /** `MANUAL_START_SECONDS`: a manual start waits so long for a host. */
  manualStartMs: number;
  /** `VIDEO_CHECK_SECONDS`: how long after a session's end Cloudflare is asked for its video, while none is known. */
  videoCheckMs: readonly number[];
  /** `BOT_CLIENT_TYPES`: Agora's `clientType`s that are never hosts. */
  botClientTypes: readonly number[];
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/**
 * Agora sends `clientType` only with platform 6 (Linux). 3 (on-premise recording) and 10 (cloud recording) are
 * documented, the others are seen in the field. Not in this list: 8, a mini-program, is a person; 28 and 50 bring
 * pictures in.
 */
const botClientTypes = [3, 10, 30, 43, 47, 48, 60, 68] as const;

export const defaultPolicy: Policy = {
  stopGraceMs: 15 * second,
  startRetryMs: [2 * second, 4 * second],
  recoveryMs: [30 * second, 60 * second, 120 * second, 240 * second],
  startConfirmMs: 45 * second,
  ingestLostMs: 20 * second,
  degradedAfterMs: 10 * second,
  checkupMs: 300 * second,
  playableCheckMs: [2, 2, 3, 3, 5, 5, 10, 10, 20].map((seconds) => seconds * second),
  playbackHoldMs: minute,
  staleMs: 10 * minute,
  workerLostMs: 90 * second,
  stopDeadMs: 10 * minute,
  maxRestarts: 5,
  healthyMs: 10 * minute,
  maxSessionMs: 12 * hour,
  manualStartMs: 10 * minute,
  videoCheckMs: [2 * minute, 10 * minute, hour],
  botClientTypes,
};
