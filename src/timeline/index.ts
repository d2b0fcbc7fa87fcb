export { readTimeline } from "./read-timeline.ts";
export type { ClockGap, Entry, EntryKind, Lane, Timeline, Tone } from "./timeline.ts";
export { whyOpened } from "./why-opened.ts";
