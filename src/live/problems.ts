import type { Problem } from "./events.ts";
import { ingestUnrecoverable } from "./picture.ts";
import type { ChannelState, Session } from "./state.ts";

/** What a person should know of now: all that makes the status `error`, and recorders that can't be stopped. */
export function problemsOf(state: ChannelState): Problem[] {
  const { session, hold, recorders } = state;
  const isWanted = session !== null && session.ending === null;
  return [
    ...(isWanted && isFailing(session) ? (["not_starting"] as const) : []),
    ...(hold?.reason === "gave_up" ? (["gave_up"] as const) : []),
    ...(session !== null && session.closedAt === null && ingestUnrecoverable(state)
      ? (["ingest_refused"] as const)
      : []),
    ...Object.entries(recorders).flatMap(([resourceId, { state: is, stop }]) =>
      is !== "ended" && stop?.dead === true ? ([`stop_failed:${resourceId}`] as const) : [],
    ),
  ];
}

/** From the third failed attempt on, or while all places are taken: the seller should know. Tries go on meanwhile. */
export function isFailing({ failures, failure }: Session): boolean {
  return failures >= 3 || failure?.kind === "capacity" || failure?.final === true;
}
