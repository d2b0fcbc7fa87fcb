import type { ClockGap, Entry, Timeline } from "../../timeline/index.ts";
import type { Io } from "../io.ts";
import { count, plain, wrap } from "../output/text.ts";
import { duration } from "../output/times.ts";

/**
 * A timeline for a terminal: times in UTC and since the session was opened, what it is about, and what happened, in lines
 * that are no wider than the terminal.
 *
 * @param options.allCalls - whether calls that went well are shown
 */
export function formatTimeline(
  timeline: Timeline,
  { columns, colour }: Pick<Io, "columns" | "colour">,
  { allCalls }: { allCalls: boolean },
): string {
  const width = Math.max(20, columns - indent.length);
  const openedAt = Date.parse(timeline.openedAt);
  const entries = timeline.entries.filter(({ kind, tone }) => allCalls || kind !== "call" || tone === "bad");
  const lines = entries.flatMap((entry) => {
    const [title = "", ...more] = wrap(plain(entry.title), width);
    const detail = entry.detail === null ? [] : wrap(plain(entry.detail), width - 2).map((line) => `  ${line}`);
    const first = `${head(entry, openedAt)}${title}`;
    const rest = [...more, ...detail].map((line) => `${indent}${line}`);
    return [first, ...rest].map((line) => (colour ? painted(line, entry.tone) : line));
  });
  const wrapped = (line: string | null) => (line === null ? [] : ["", ...wrap(line, columns)]);
  const left = timeline.entries.length - entries.length;
  return [
    ...headlines(timeline).flatMap((line) => wrap(plain(line), columns)),
    "",
    ...lines,
    ...wrapped(left === 0 ? null : `Left out: ${count(left, "call")} that went well; --calls shows all.`),
    ...wrapped(timeline.isTruncated ? "There is more than this: only the first 5,000 entries are told." : null),
    ...wrapped(timeline.keptFrom === null ? null : `Its events up to ${timeline.keptFrom} are not kept any more.`),
  ]
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}

const laneWidth = 10;

/** `20:00:03   +1m 05s ! cloudflare ` */
function head({ at, lane, tone }: Entry, openedAt: number): string {
  const time = at.slice(11, 19);
  return `${time} ${offset(Date.parse(at) - openedAt).padStart(11)} ${tone === "bad" ? "!" : " "} ${lane.padEnd(laneWidth)} `;
}

const indent = " ".repeat("20:00:00".length + 1 + 11 + 3 + laneWidth + 1);

/** Since the session was opened; tenths matter in the first minute. */
function offset(ms: number): string {
  const sign = ms < 0 ? "-" : "+";
  const seconds = Math.abs(ms) / 1000;
  return seconds < 60 ? `${sign}${seconds.toFixed(1)}s` : `${sign}${duration(seconds)}`;
}

function headlines({ sessionId, channel, openedAt, closedAt, endReason, clocks }: Timeline): string[] {
  const day = openedAt.slice(0, 10);
  const end = closedAt === null ? "still open" : `closed at ${closedAt.slice(11, 19)} (${endReason ?? "no reason"})`;
  const gaps = [gapOf("Agora", clocks.agora), gapOf("Cloudflare", clocks.cloudflare)].filter((gap) => gap !== null);
  return [
    `Session ${numberOf(sessionId)} of ${channel} (${sessionId}), ${day}, opened at ${openedAt.slice(11, 19)} UTC, ${end}`,
    ...(gaps.length === 0 ? [] : [`Heard later than by their own clocks: ${gaps.join("; ")}`]),
  ];
}

/** Of `42-3` the 3: its number in its channel. */
function numberOf(sessionId: string): string {
  return sessionId.split("-").at(-1) ?? sessionId;
}

function gapOf(name: string, gap: ClockGap | null): string | null {
  if (gap === null) return null;
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  return `${name} ${seconds(gap.medianMs)} (${seconds(gap.mostMs)} at most)`;
}

function painted(line: string, tone: Entry["tone"]): string {
  return tone === "neutral" ? line : `\u001b[${tone === "bad" ? 31 : 32}m${line}\u001b[39m`;
}
