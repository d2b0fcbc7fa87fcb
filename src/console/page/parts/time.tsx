import { exactTime, lasting, shortTime } from "../times.ts";
import { useNow } from "../use-now.ts";

/** A time by the browser's clock; the exact one, in UTC, is its title. */
export function Time({ at, isExact = false }: { at: string; isExact?: boolean }) {
  const ms = Date.parse(at);
  return (
    <time dateTime={at} title={at}>
      {isExact ? exactTime(ms) : shortTime(ms)}
    </time>
  );
}

/** How long ago that was, or until another time. */
export function Since({ at, until = null }: { at: string; until?: string | null }) {
  const now = useNow();
  const end = until === null ? now : Date.parse(until);
  return (
    <time dateTime={at} title={at}>
      {lasting(end - Date.parse(at))}
    </time>
  );
}
