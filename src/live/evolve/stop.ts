import type {
  LayoutAccepted,
  LayoutFailed,
  ProviderError,
  RecorderStopAccepted,
  RecorderStopConfirmed,
  RecorderStopFailed,
  RepointAccepted,
  RepointFailed,
} from "../events.ts";
import { withRecorder } from "../recorders.ts";
import type { ChannelState, Layout } from "../state.ts";
import { type Folded, learnt, nothing } from "./folded.ts";

type StopOutcome =
  | RecorderStopAccepted
  | RecorderStopConfirmed
  | RecorderStopFailed
  | RepointAccepted
  | RepointFailed
  | LayoutAccepted
  | LayoutFailed;

/** Folds the answers to calls about a recorder that was started: stop it, push elsewhere, show others. */
export function foldStop(state: ChannelState, event: StopOutcome, at: number): Folded {
  const recorder = state.recorders[event.resourceId];
  if (recorder === undefined) return nothing(state, "that recorder is not known");
  switch (event.type) {
    case "RecorderStopAccepted": {
      if (recorder.stop === null) return nothing(state, "no stop of this recorder was asked for");
      const stop = { ...recorder.stop, acceptedAt: at, acceptedOnce: true, error: null };
      return learnt(withRecorder(state, event.resourceId, { ...recorder, stop }, at));
    }
    case "RecorderStopConfirmed":
      return learnt(withRecorder(state, event.resourceId, { ...recorder, proof: "stop: nothing runs" }, at));
    case "RecorderStopFailed": {
      if (recorder.stop === null) return nothing(state, "no stop of this recorder was asked for");
      const { retryAfterMs, notFound, error } = event;
      const stop = { ...recorder.stop, failedAt: at, retryAfterMs, error: describe(error) };
      // After an accepted stop "not found" is the end. Before one, the recorder may be moving to another machine.
      const proof = notFound && stop.acceptedOnce ? "stop: not found" : recorder.proof;
      const missingAt = notFound ? (recorder.missingAt ?? at) : recorder.missingAt;
      return learnt(withRecorder(state, event.resourceId, { ...recorder, stop, proof, missingAt }, at));
    }
    case "RepointAccepted": {
      // The time to push again counts from here: a process may have died between the wish and the call.
      const { relay } = state;
      const isOfRelay = relay?.resourceId === event.resourceId && relay.repointedAt !== null;
      if (!isOfRelay || recorder.repoints !== event.round) return learnt(state);
      return learnt({ ...state, relay: { ...relay, repointedAt: at } });
    }
    case "RepointFailed":
      return nothing(state, `not re-pointed: ${describe(event.error)}`);
    case "LayoutAccepted":
    case "LayoutFailed": {
      const { layout } = recorder;
      if (layout?.asked == null || layout.rounds !== event.round) {
        return nothing(state, "another layout was asked for since");
      }
      const next: Layout =
        event.type === "LayoutAccepted"
          ? { ...layout, shown: layout.asked.hosts, takenAt: at, asked: null }
          : { ...layout, asked: { ...layout.asked, failedAt: at, failures: layout.asked.failures + 1 } };
      return learnt(withRecorder(state, event.resourceId, { ...recorder, layout: next }, at));
    }
  }
}

/** A refusal in one line. */
export function describe(error: ProviderError): string {
  const status = error.status === null ? "no answer" : `HTTP ${error.status}`;
  return `${error.operation}: ${status}${error.code === null ? "" : `, code ${error.code}`}: ${error.message}`;
}
