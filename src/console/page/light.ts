import type { OverviewChannel, Status } from "@tally/client";

import { shortTime } from "./times.ts";

/** What a channel looks like from afar. */
export type Light = "trouble" | "degraded" | "doubt" | "held" | "away" | "starting" | "stopping" | "on-air" | "off";

/** Problems first. */
const order: readonly Light[] = [
  "trouble",
  "degraded",
  "doubt",
  "held",
  "away",
  "starting",
  "stopping",
  "on-air",
  "off",
];

/** What of a channel isn't known now; null: nothing. */
type Doubt = OverviewChannel["doubt"];

export function lightOf({ state, live, reason, hold }: Status, doubt: Doubt = null): Light {
  if (live) return reason !== null ? "degraded" : doubt === null ? "on-air" : "doubt";
  // What somebody wanted is no trouble; what we gave up is.
  if (hold !== null) return hold.reason === "gave_up" ? "trouble" : "held";
  if (state === "error") return "trouble";
  if (state === "stopping") return "stopping";
  // As at the end of every broadcast, until the grace is over.
  if (reason?.code === "host_away") return "away";
  if (state === "starting" || state === "recording") return reason === null ? "starting" : "trouble";
  return "off";
}

/** One word for it, or two. */
export function labelOf(status: Status, doubt: Doubt = null): string {
  switch (lightOf(status, doubt)) {
    case "trouble":
      return "Trouble";
    case "degraded":
      return "On air, with a problem";
    case "doubt":
      return "In doubt";
    case "held":
      return "Held";
    case "away":
      return "Host away";
    case "starting":
      return "Starting";
    case "stopping":
      return "Stopping";
    case "on-air":
      return status.playable ? "On air" : "On air, not playable yet";
    case "off":
      return status.state === "idle" ? "Never on air" : "Off air";
  }
}

const holds: Record<NonNullable<Status["hold"]>["reason"], string> = {
  operator_stop: "Stopped by hand: nothing starts until the host joins anew, or it is released.",
  max_duration: "Stopped at its longest duration: nothing starts until the host joins anew, or it is released.",
  gave_up: "Given up after too many failures: nothing starts until the host joins anew, or it is released.",
  replay:
    "Held by a replay, since it would start something: it does with the host’s next event, or when it is released.",
};

/** Why it isn't on air, for operators; null if it is, or nobody wants it to be. */
export function whyNot(status: Status, doubt: Doubt = null): string | null {
  const { reason, hold, ingest } = status;
  const words = [
    reason?.message,
    hold === null ? undefined : holds[hold.reason],
    ingest.error === null ? undefined : `Cloudflare: ${ingest.error.message} (${ingest.error.code})`,
    doubt === null ? undefined : doubtInWords(doubt),
  ].filter((word) => word !== undefined);
  if (words.length > 0) return words.join(" ");
  return status.live || lightOf(status) === "off" ? null : nextStep(status);
}

function doubtInWords({ message, since, askedAgainAt }: NonNullable<Doubt>): string {
  const next = askedAgainAt === null ? "it is being asked" : `asked again at ${shortTime(Date.parse(askedAgainAt))}`;
  return `In doubt: ${message} Since ${shortTime(Date.parse(since))}; ${next}.`;
}

/** What is waited for, of a channel that is on its way. */
function nextStep({ state, host, relay, ingest }: Status): string {
  if (state === "stopping") return "The recorder is being stopped.";
  if (!host.present) return "The host is not there.";
  if (relay.state !== "running") return "Waiting for the recorder to run.";
  if (relay.rtmp !== null && relay.rtmp !== "publishing") return `Waiting for RTMP: it is ${relay.rtmp}.`;
  if (ingest.state !== "connected") return "Waiting for Cloudflare to get the picture.";
  return "On its way.";
}

/** Problems first, of those that are off the ones that perhaps should not be, and then by name. */
export function compareLights(a: OverviewChannel, b: OverviewChannel): number {
  const rank = ({ status, doubt, unheeded }: OverviewChannel) =>
    order.indexOf(lightOf(status, doubt)) - (unheeded === null ? 0 : 0.5);
  return rank(a) - rank(b) || a.channel.localeCompare(b.channel);
}

export const isProblem = ({ status, doubt }: Lit) => ["trouble", "degraded", "doubt"].includes(lightOf(status, doubt));

type Lit = Pick<OverviewChannel, "status" | "doubt">;

/** Its newest session is open. */
export const isOpen = ({ startedAt, stoppedAt }: Status) => startedAt !== null && stoppedAt === null;
