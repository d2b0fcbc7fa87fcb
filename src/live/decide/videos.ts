import type { AwaitedVideo } from "../state.ts";
import { videoRoundsMost } from "../videos.ts";
import { type Deciding, overdueMs, type Rule } from "./deciding.ts";

/** How long after a failed question it is asked again, twice as long each time. */
const againMs = { first: 60_000, most: 3_600_000 };

/**
 * A session is over and the webhook of its video hasn't come: Cloudflare is asked, after each wait of the series, until
 * the video is known. Of waits that went by meanwhile only the last counts, so that a long sleep costs one question.
 */
export const checkVideos: Rule = ({ videos = {} }, deciding) =>
  Object.entries(videos).flatMap(([session, awaited]) => {
    const step = stepDue(awaited, deciding);
    if (step === null) return [];
    const last = step >= deciding.policy.videoCheckMs.length;
    return [{ type: "VideoCheckRequested", session: Number(session), round: awaited.round + 1, step, last }];
  });

/** How much of the series is over with the question that is due; null if none is. */
function stepDue(
  { closedAt, round, step, failures, asked }: AwaitedVideo,
  { policy, now, due }: Deciding,
): number | null {
  if (closedAt === null || round >= videoRoundsMost) return null;
  if (asked?.failedAt != null) {
    const backoff = Math.min(againMs.first * 2 ** (failures - 1), againMs.most);
    return due(asked.failedAt + Math.max(backoff, asked.retryAfterMs ?? 0)) ? step : null;
  }
  if (asked !== null) return due(asked.at + overdueMs) ? step : null;
  const times = policy.videoCheckMs.map((wait) => closedAt + wait);
  const next = times[step];
  if (next === undefined || !due(next)) return null;
  return times.findLastIndex((at) => at <= now) + 1;
}
