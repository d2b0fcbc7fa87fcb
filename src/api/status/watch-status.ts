import type { Status } from "../../live/index.ts";
import type { Statuses } from "./statuses.ts";

export interface WatchOptions {
  /** The version that the caller has already. */
  after?: number | undefined;
  /** Ends it. */
  signal: AbortSignal;
}

/**
 * A channel's status, and every newer one: the newest whenever the next is asked for, so that whoever is slow skips what
 * is in between. Versions only grow, except when the database was restored from a backup meanwhile; for the same reason a
 * caller whose version is ahead of the channel's gets the status. One with signed links comes again with the next links.
 *
 * @param channel - authorised: nothing is checked here
 * @returns statuses that are shared with others who watch, not to be changed; ends with the signal, or if there is no such
 *   channel. It never throws: in an outage of the database the next status comes after it
 */
export async function* watchStatus(
  { statuses }: { statuses: Statuses },
  channel: { name: string },
  { after, signal }: WatchOptions,
): AsyncGenerator<Status, void, void> {
  if (signal.aborted) return;
  // Followed first and read then: what comes in between is told.
  const follower = statuses.follow(channel.name);
  signal.addEventListener("abort", follower.leave);
  try {
    await follower.refresh();
    // Whoever comes back has links of nobody knows when: signed ones are told anew.
    let has = after === undefined ? undefined : `"${after}"`;
    while (!isAborted(signal)) {
      const changed = follower.changed();
      const latest = follower.latest();
      if (latest === null) return;
      if (latest.etag === has) await changed;
      else {
        has = latest.etag;
        yield latest.status;
      }
    }
  } finally {
    signal.removeEventListener("abort", follower.leave);
    follower.leave();
  }
}

/** A function, since the compiler takes a signal to stay as it was seen last. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
