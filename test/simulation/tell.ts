import type { Entry, LiveEvent } from "../../src/live/index.ts";
import type { Act, Plan, Trouble } from "./plan.ts";

/** 2026-01-01T00:00:00Z: where every evening begins. */
export const t0 = Date.UTC(2026, 0, 1);

/** Time since the evening's beginning, in minutes and seconds. */
export function clock(at: number): string {
  const seconds = Math.round((at - t0) / 100) / 10;
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${(seconds - minutes * 60).toFixed(1).padStart(4, "0")}`;
}

interface Told {
  log: readonly Entry[];
}

/** An evening that broke a promise, as a given-when-then that a person can follow, and the plan to play it again. */
export function tell(plan: Plan, { broken, service }: { broken: string[]; service: Told }): string {
  return [
    "given",
    ...Object.entries(plan.ways).map(([name, value]) => `  ${name}: ${String(value)}`),
    ...plan.trouble.map((trouble) => `  ${describeTrouble(trouble)}`),
    "when",
    ...script(plan).map((line) => `  ${line}`),
    "and so",
    ...shortened(service.log.map(({ at, event }) => `  ${clock(at)}  ${describeEvent(event)}`)),
    "then it should be that",
    ...broken.map((words) => `  ${words}`),
    "plan",
    `  ${JSON.stringify(plan)}`,
  ].join("\n");
}

function script({ script }: Plan): string[] {
  let at = t0;
  const lines = script.map((act) => {
    at += act.after * 1000;
    return `${clock(at)}  ${describeAct(act)}`;
  });
  return [...lines, `${clock(at + 60_000)}  everybody leaves`];
}

function describeAct(act: Act): string {
  const { after: _after, kind, ...rest } = act;
  return [kind.replaceAll("_", " "), ...Object.entries(rest).map(([name, value]) => `${name} ${String(value)}`)].join(
    " ",
  );
}

function describeTrouble(trouble: Trouble): string {
  switch (trouble.kind) {
    case "silence":
      return `webhooks of ${trouble.of} are ${trouble.how} for ${trouble.seconds} s from ${clock(t0 + trouble.from * 1000)}`;
    case "death":
      return `the process dies after the service's step ${trouble.step}, for ${trouble.seconds} s`;
    case "call":
      return `${trouble.operation} call ${trouble.nth}: ${describeHow(trouble.trouble)}`;
    case "webhook":
      return `webhook "${trouble.type}" ${trouble.nth}: ${describeHow(trouble.trouble)}`;
  }
}

function describeHow({ how, ...rest }: { how: string }): string {
  return [how.replaceAll("_", " "), ...Object.entries(rest).map(([name, value]) => `${name} ${String(value)}`)].join(
    " ",
  );
}

const untold = new Set([
  "type",
  "sentAt",
  "files",
  "message",
  "playbackBase",
  "communication",
  "mode",
  "audienceTotal",
]);

function describeEvent(event: LiveEvent): string {
  const words = Object.entries(event)
    .filter(([name, value]) => !untold.has(name) && value !== null)
    .map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : String(value)}`);
  return [event.type, ...words].join("  ");
}

/** The middle of a long evening is mostly the same again. */
function shortened(lines: string[]): string[] {
  if (lines.length <= 120) return lines;
  return [...lines.slice(0, 60), `  … ${lines.length - 120} more …`, ...lines.slice(-60)];
}
