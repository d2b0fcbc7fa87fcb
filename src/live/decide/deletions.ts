import type { Decision } from "../events.ts";
import type { Rule } from "./deciding.ts";

const minuteMs = 60_000;
/** The waits between tries at deleting a video; a refusal after the last is for a person, eleven hours later. */
const againMs = [1, 5, 30, 120, 480].map((minutes) => minutes * minuteMs);

/** A try that brought nothing at all: so many deletions may wait for their turn. */
const overdueMs = 60 * minuteMs;

/** Videos that have expired are deleted. Nobody waits for that, so refusals get long waits, and an end. */
export const deleteVideos: Rule = ({ deletions = {} }, { due }) =>
  Object.entries(deletions).flatMap(([video, { session, round, failures, asked, dead }]): Decision[] => {
    if (dead) return [];
    if (asked?.failedAt != null) {
      const wait = againMs[failures - 1];
      const error = asked.error ?? "refused";
      if (wait === undefined) return [{ type: "VideoDeletionDied", session, video, round, error }];
      if (!due(asked.failedAt + Math.max(wait, asked.retryAfterMs ?? 0))) return [];
    } else if (asked !== null && !due(asked.at + overdueMs)) return [];
    return [{ type: "VideoDeletionRequested", session, video, round: round + 1 }];
  });
