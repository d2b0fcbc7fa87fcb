import type {
  VideoDeleted,
  VideoDeletionDied,
  VideoDeletionFailed,
  VideoDeletionRequested,
  VideoDeletionRetried,
  VideoExpired,
} from "../events.ts";
import type { ChannelState, Deletion } from "../state.ts";
import { type Folded, learnt, nothing } from "./folded.ts";
import { describe } from "./stop.ts";

/** Folds what is to be deleted, and what came of it. That a video is deleted is kept on its session. */
export function foldDeletion(
  state: ChannelState,
  event: VideoExpired | VideoDeleted | VideoDeletionFailed | VideoDeletionRetried,
  at: number,
): Folded {
  const known = state.deletions?.[event.video];
  switch (event.type) {
    case "VideoExpired": {
      const { video, session } = event;
      const deletion: Deletion = { session, round: 0, failures: 0, asked: null, dead: false };
      return learnt(known === undefined ? withDeletion(state, video, deletion) : state);
    }
    case "VideoDeleted": {
      const { [event.video]: _, ...left } = state.deletions ?? {};
      const { deletions: __, ...rest } = state;
      return learnt(Object.keys(left).length === 0 ? rest : { ...rest, deletions: left });
    }
    case "VideoDeletionFailed": {
      if (known?.asked == null || known.round !== event.round) return nothing(state, "another try was made since");
      const { retryAfterMs, error } = event;
      const asked = { ...known.asked, failedAt: at, retryAfterMs, error: describe(error) };
      return learnt(withDeletion(state, event.video, { ...known, failures: known.failures + 1, asked }));
    }
    case "VideoDeletionRetried":
      if (known?.dead !== true) return nothing(state, "no dead deletion of this video");
      return learnt(withDeletion(state, event.video, { ...known, dead: false, failures: 0, asked: null }));
  }
}

/** Folds that a video's deletion was asked for, or given up. */
export function foldDeletionDecision(
  state: ChannelState,
  { type, video, round }: VideoDeletionRequested | VideoDeletionDied,
  at: number,
): ChannelState {
  const known = state.deletions?.[video];
  if (known === undefined) return state;
  if (type === "VideoDeletionDied") return withDeletion(state, video, { ...known, dead: true });
  const asked = { at, failedAt: null, retryAfterMs: null, error: null };
  return withDeletion(state, video, { ...known, round, asked });
}

function withDeletion(state: ChannelState, video: string, deletion: Deletion): ChannelState {
  return { ...state, deletions: { ...state.deletions, [video]: deletion } };
}
