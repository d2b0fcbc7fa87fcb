import type { Status } from "../live/index.ts";

/** One word about the relay: how its push is while a recorder runs, else what the relay is at. */
export type RelayHealth = NonNullable<Status["relay"]["rtmp"]> | Status["relay"]["state"];

export function relayHealthOf({ relay }: Pick<Status, "relay">): RelayHealth {
  return relay.state === "running" ? (relay.rtmp ?? "running") : relay.state;
}
