import type { Counting } from "../live/index.ts";

/** The columns of a session's row that tell how long it was recorded. */
export interface RecordedRow {
  recordedSeconds: number;
  recordedSecondsWithoutHost: number;
  recordedSecondsMediaPush: number;
  counting: Counting | null;
}

/** Seconds that recorders of a session ran: of all, without a host, and of Media Push. */
export type Recorded = Omit<RecordedRow, "counting">;

/**
 * A session's seconds as they are now. Its row is written with each event of its channel, and while all is well there may
 * be none for long.
 *
 * @param now - ms of the database's clock, by which the row was counted
 */
export function recordedUntil(row: RecordedRow, now: number): Recorded {
  const { recordedSeconds, recordedSecondsWithoutHost, recordedSecondsMediaPush, counting } = row;
  if (counting === null) return { recordedSeconds, recordedSecondsWithoutHost, recordedSecondsMediaPush };
  const seconds = Math.max(0, now - counting.since) / 1000;
  const running = seconds * counting.recorders;
  return {
    recordedSeconds: rounded(recordedSeconds + running),
    recordedSecondsWithoutHost: rounded(recordedSecondsWithoutHost + (counting.hostPresent ? 0 : running)),
    recordedSecondsMediaPush: rounded(recordedSecondsMediaPush + seconds * counting.mediaPush),
  };
}

/** To the millisecond. */
function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
