import { suspected, withPictureDoubt } from "../doubts.ts";
import type { OperatorEvent, VideoDeletionRetried } from "../events.ts";
import { withRecorder } from "../recorders.ts";
import type { ChannelState } from "../state.ts";
import { type Folded, learnt, nothing } from "./folded.ts";

/** Folds what the seller's app or an operator asked for. */
export function foldOperator(
  state: ChannelState,
  event: Exclude<OperatorEvent, VideoDeletionRetried>,
  at: number,
): Folded {
  switch (event.type) {
    case "ChannelRegistered":
      return learnt({ ...state, hostUid: event.hostUid, relayMode: event.relayMode });
    case "StartRequested":
      return learnt({ ...state, hold: null, manualAt: at });
    case "StopRequested":
      if (state.hold?.reason === "operator_stop") return nothing(state, "stopped already");
      return learnt({ ...state, hold: { reason: "operator_stop", at }, holds: state.holds + 1, manualAt: null });
    case "HoldReleased":
      return state.hold === null ? nothing(state, "there was no hold") : learnt({ ...state, hold: null });
    case "CheckRequested": {
      const asked = { ...state, doubtedAt: at };
      return learnt(Object.keys(state.recorders).reduce(suspected, withPictureDoubt(asked, at)));
    }
    case "EffectRetried":
    case "EffectDismissed":
    case "ReplayRequested":
    case "PersonErased":
      return nothing(state, "for the record");
    case "StopRetried": {
      const recorder = state.recorders[event.resourceId];
      if (recorder?.stop?.dead !== true) return nothing(state, "no dead stop of this recorder");
      // Failed long ago: the next round is due at once.
      const stop = { ...recorder.stop, dead: false, firstAt: at, failedAt: 0, retryAfterMs: null };
      return learnt(withRecorder(state, event.resourceId, { ...recorder, stop }, at));
    }
  }
}
