import type { IngestConnected, IngestDisconnected, IngestErrored } from "../events.ts";
import type { ChannelState, Ingest } from "../state.ts";
import { type Folded, learnt, nothing } from "./folded.ts";
import { pictureArrived } from "./videos.ts";

/** Folds Cloudflare's word on the live input, in the order of its own `updated_at`. */
export function foldIngest(
  state: ChannelState,
  event: IngestConnected | IngestDisconnected | IngestErrored,
  at: number,
): Folded {
  if (event.liveInput !== state.liveInput.uid) return nothing(state, `live input ${event.liveInput} is not ours now`);
  const known = state.ingest;
  const told = event.type === "IngestConnected" ? pictureArrived(state, event.updatedAt) : state;
  if (known.updatedAt !== null && !isLater(event, known, known.updatedAt)) {
    // That there was a picture holds all the same: its video is to come.
    return nothing(told, `updated_at ${event.updatedAt} is not newer than ${known.updatedAt}`);
  }
  const ingest: Ingest = {
    state: stateOf(event),
    error: event.type === "IngestErrored" ? { code: event.code, message: event.message } : null,
    updatedAt: event.updatedAt,
    sinceAt: at,
    old: false,
    changed: state.folded,
  };
  return learnt({ ...told, ingest });
}

/** Of one and the same instant the worse word counts, so that the order of arrival doesn't. */
const severity = { unknown: 0, connected: 1, disconnected: 2, errored: 3 } as const;

function isLater(
  event: IngestConnected | IngestDisconnected | IngestErrored,
  known: Ingest,
  updatedAt: string,
): boolean {
  if (event.updatedAt !== updatedAt) return event.updatedAt > updatedAt;
  return severity[stateOf(event)] > severity[known.state];
}

function stateOf(event: IngestConnected | IngestDisconnected | IngestErrored): Ingest["state"] {
  switch (event.type) {
    case "IngestConnected":
      return "connected";
    case "IngestDisconnected":
      return "disconnected";
    case "IngestErrored":
      return "errored";
  }
}
