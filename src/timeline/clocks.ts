import type { StoryEvent } from "./story.ts";
import type { ClockGap } from "./timeline.ts";

/**
 * How much later than its own time a provider's word comes, by our clock. What is below zero is a clock ahead of ours.
 *
 * @returns null if nothing of this provider's says when it happened
 */
export function clockGap(events: readonly StoryEvent[], source: StoryEvent["source"]): ClockGap | null {
  const gaps = events
    .filter((event) => event.source === source)
    .flatMap(({ receivedAt, occurredAt }) => (occurredAt === null ? [] : [receivedAt - occurredAt]))
    .sort((a, b) => a - b);
  const [medianMs, mostMs] = [gaps[Math.floor((gaps.length - 1) / 2)], gaps.at(-1)];
  return medianMs === undefined || mostMs === undefined ? null : { medianMs, mostMs };
}
