import type { TimelineEntry } from "@tally/client";

export type Lane = TimelineEntry["lane"];

/** From top to bottom, as the picture goes; then what we did about it. */
export const laneNames: Record<Lane, string> = {
  host: "Host",
  recorder: "Recorder",
  rtmp: "RTMP",
  cloudflare: "Cloudflare",
  tally: "Tally",
  calls: "Our calls",
  operator: "Operator",
};

export const lanes = Object.keys(laneNames) as Lane[];

/** From when until when an entry lasted (ms); of a mark both are the same. */
export function spanOf({ at, untilAt, call }: TimelineEntry): { from: number; to: number } {
  const from = Date.parse(at);
  if (untilAt !== null) return { from, to: Math.max(from, Date.parse(untilAt)) };
  return { from, to: from + (call?.ms ?? 0) };
}

/** A part of the time, in ms. */
export interface View {
  from: number;
  to: number;
}

/** All of it, with a little room at both ends. */
export function wholeOf(entries: readonly TimelineEntry[]): View {
  const starts = entries.map(({ at }) => Date.parse(at));
  // What is waited for may end long after everything else: it is drawn until the edge.
  const from = Math.min(...starts);
  const to = Math.max(...starts, ...entries.filter(({ call }) => call !== null).map((entry) => spanOf(entry).to));
  const room = Math.max(500, (to - from) * 0.03);
  return { from: from - room, to: to + room };
}

/** Closer (`by` < 1) or further, about a point; never closer than 200 ms, nor further than all of it. */
export function zoomed({ from, to }: View, by: number, about: number, whole: View): View {
  const length = Math.min(whole.to - whole.from, Math.max(200, (to - from) * by));
  const part = (about - from) / (to - from);
  return within({ from: about - part * length, to: about + (1 - part) * length }, whole);
}

export const moved = ({ from, to }: View, by: number, whole: View): View =>
  within({ from: from + by, to: to + by }, whole);

function within({ from, to }: View, whole: View): View {
  const by = Math.max(0, whole.from - from) - Math.max(0, to - whole.to);
  return { from: from + by, to: to + by };
}

const steps = [100, 200, 500, 1e3, 2e3, 5e3, 1e4, 3e4, 6e4, 12e4, 3e5, 6e5, 18e5, 36e5, 72e5, 216e5];

/** Round times for a scale of about so many marks. */
export function ticksOf({ from, to }: View, most: number): number[] {
  const step = steps.find((length) => (to - from) / length <= most) ?? 864e5;
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, i) => first + i * step);
}
