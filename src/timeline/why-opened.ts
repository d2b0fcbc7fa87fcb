import type { Timeline } from "./timeline.ts";

/**
 * What opened a session, as its timeline tells it: `a host is here (uid 5)`.
 *
 * @returns null if that is not kept any more
 */
export function whyOpened({ sessionId, entries }: Pick<Timeline, "sessionId" | "entries">): string | null {
  const opened = `Session ${sessionId.split("-").at(-1)} opened: `;
  return entries.find(({ title }) => title.startsWith(opened))?.title.slice(opened.length) ?? null;
}
