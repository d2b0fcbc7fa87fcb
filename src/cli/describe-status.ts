import type { Status } from "../live/index.ts";

/** A status in a few words: `recording, live, host present`. */
export function describeStatus({ state, live, hold, host }: Status): string {
  const words = [state, live && "live", host.present && "host present", hold !== null && `held: ${hold.reason}`];
  return words.filter((word) => word !== false).join(", ");
}
