export { readTimeline } from "./read-timeline.ts";
export { whyOpened } from "./why-opened.ts";
export type { ClockGap, Entry, EntryKind, Lane, Timeline, Tone } from "./timeline.ts";
