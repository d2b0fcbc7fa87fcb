import { isLive } from "../picture.ts";
import { isPending } from "./checkups.ts";
import type { Rule } from "./deciding.ts";

/** After the planned questions, as long as the answer is no: somebody may mend what is wrong. */
const slowlyMs = 60_000;

/**
 * The picture was gone for longer than Cloudflare holds a broadcast, or nobody can say for how long: viewers have come to
 * its end, and the next picture makes another (Cloudflare docs, start-stream-live: `timeoutSeconds`).
 */
export const endBroadcast: Rule = ({ playback }, { policy, due }) => {
  if (playback === undefined) return [];
  const { broadcast, lostAt, gapMs, seen, tries } = playback;
  const isGone = lostAt !== null && (seen !== null || tries > 0) && due(lostAt + policy.playbackHoldMs);
  const wasGone = gapMs !== undefined && (gapMs === null || gapMs > policy.playbackHoldMs);
  return isGone || wasGone ? [{ type: "BroadcastEnded", broadcast }] : [];
};

/**
 * Between the arrival of a picture and the first player that shows it are up to 30 s (Cloudflare docs: troubleshooting).
 * So the delivery is asked, soon at first and then more slowly, until it plays.
 */
export const checkPlayback: Rule = (state, deciding) => {
  const { playback, liveInput, ingest } = state;
  if (liveInput.playbackBase === null || playback === undefined || playback.seen !== null || !isLive(state)) return [];
  const { broadcast, tries, check } = playback;
  if (isPending(check, deciding)) return [];
  const waits = deciding.policy.playableCheckMs;
  const wait = waits[tries] ?? slowlyMs;
  const since = check?.answeredAt ?? check?.askedAt ?? ingest.sinceAt ?? deciding.now;
  if (!deciding.due(since + wait)) return [];
  const last = tries + 1 >= waits.length;
  return [{ type: "PlaybackCheckRequested", check: state.checks.count + 1, broadcast, last }];
};
