import { announce } from "./decide/announce.ts";
import { arrangeHosts } from "./decide/arrange.ts";
import { checkPicture, checkPresence, checkRecorders } from "./decide/checkups.ts";
import type { DecideContext, Deciding, Rule } from "./decide/deciding.ts";
import { deleteVideos } from "./decide/deletions.ts";
import { clearHold } from "./decide/hold.ts";
import { mendPicture } from "./decide/picture.ts";
import { checkPlayback, endBroadcast } from "./decide/playback.ts";
import { adoptRunning, requestLiveInput, requestRelay } from "./decide/relay.ts";
import { closeSession, endSession, openSession } from "./decide/session.ts";
import { cutOff, stopUnwanted } from "./decide/stop.ts";
import { renewStorage } from "./decide/storage.ts";
import { checkVideos } from "./decide/videos.ts";
import type { Decision } from "./events.ts";
import type { ChannelState } from "./state.ts";

/** The rules in their order: what is so is told before it changes, and what stops comes before what starts. */
const rules: readonly Rule[] = [
  announce,
  endSession,
  clearHold,
  adoptRunning,
  stopUnwanted,
  closeSession,
  openSession,
  requestLiveInput,
  mendPicture,
  arrangeHosts,
  requestRelay,
  cutOff,
  renewStorage,
  endBroadcast,
  checkRecorders,
  checkPicture,
  checkPresence,
  checkVideos,
  deleteVideos,
  checkPlayback,
];

export interface Decided {
  /** What must be true now and isn't: facts to append and fold, after which `decide` is asked again. */
  decisions: Decision[];
  /** When to ask again even if nothing arrives (ms); null if only an event can change anything. */
  wakeAt: number | null;
}

/**
 * Looks at what should be true now, never at what happened last. Pure: the same state, time and context give the same
 * answer, and once its decisions are folded it asks for the next ones, until there are none.
 *
 * @param now - milliseconds, the database's clock
 */
export function decide(state: ChannelState, now: number, context: DecideContext): Decided {
  let wakeAt: number | null = null;
  const deciding: Deciding = {
    ...context,
    now,
    due: (at) => {
      if (at <= now) return true;
      wakeAt = wakeAt === null ? at : Math.min(wakeAt, at);
      return false;
    },
  };
  for (const rule of rules) {
    const decisions = rule(state, deciding);
    if (decisions.length > 0) return { decisions, wakeAt };
  }
  return { decisions: [], wakeAt };
}
