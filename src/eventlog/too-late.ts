import type { EventRow } from "./insert-events.ts";
import type { NewEvent } from "./new-event.ts";

const dayMs = 86_400_000;

/**
 * An event that happened before anything that the log still holds. It may have come before: then its key was deleted with
 * it, and a body that somebody recorded would be taken for a new one. So it is kept to be looked at, and not acted upon.
 *
 * @param keptDays - how long events are kept; null: for ever, so that each is known again
 * @param now - by our clock, ms: a day is allowed for its difference from theirs
 * @returns the event as it is to be stored
 */
export function unlessTooLate(event: NewEvent, keptDays: number | null, now: number): EventRow {
  const { source, occurredAt } = event;
  const isDelivered = source === "agora" || source === "cloudflare";
  if (keptDays === null || !isDelivered || occurredAt === null) return event;
  if (now - occurredAt.getTime() < (keptDays - 1) * dayMs) return event;
  const note = `it happened ${Math.floor((now - occurredAt.getTime()) / dayMs)} days ago: it may have come before`;
  return { ...event, status: "ignored", note };
}
