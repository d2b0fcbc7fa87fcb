import type { Status } from "@tally/client";

export type Light = "off" | "starting" | "on-air" | "watchable" | "trouble" | "ended";

/** In words: colour alone tells nothing to whoever can't see it. */
export const labels: Record<Light, string> = {
  off: "Off air",
  starting: "Starting …",
  "on-air": "On air: viewers can watch in a moment",
  watchable: "On air: viewers can watch",
  trouble: "There is a problem",
  ended: "The broadcast is over",
};

/** What the seller sees of a status. Why it is so, `status.reason.message` says in words for her. */
export function lightOf({ state, live, playable, reason, sessionId }: Status): Light {
  switch (state) {
    case "idle":
      return "off";
    case "stopping":
    case "stopped":
      return sessionId === null ? "off" : "ended";
    case "error":
      return "trouble";
    case "starting":
    case "recording":
      if (live && playable) return "watchable";
      if (reason !== null) return "trouble";
      return live ? "on-air" : "starting";
  }
}
