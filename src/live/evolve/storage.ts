import type { StorageRenewalFailed, StorageRenewed } from "../events.ts";
import { withRecorder } from "../recorders.ts";
import type { ChannelState, Recorder, RecorderStorage } from "../state.ts";
import { type Folded, learnt, nothing, noting } from "./folded.ts";

/** What a start tells of its keys: nothing if they don't end. A round that was asked for is never counted again. */
export function newStorage(until: number | undefined, at: number, known?: RecorderStorage): Pick<Recorder, "storage"> {
  return until === undefined ? {} : { storage: { at, until, round: known?.round ?? 0, asked: null } };
}

/** Folds the outcome of giving a recorder other keys. A late one of an earlier round changes nothing of the newest. */
export function foldStorage(state: ChannelState, event: StorageRenewed | StorageRenewalFailed, at: number): Folded {
  const recorder = state.recorders[event.resourceId];
  if (recorder?.storage === undefined) return nothing(state, "no recorder that is known has keys that end");
  const { storage, ...rest } = recorder;
  if (event.round !== storage.round) return nothing(state, `round ${storage.round} was asked for since`);
  if (event.type === "StorageRenewalFailed") {
    const { retryAfterMs, error } = event;
    const failures = (storage.asked?.failures ?? 0) + 1;
    const asked = { at: storage.asked?.at ?? at, failedAt: at, failures, retryAfterMs };
    const note = `no other keys for the storage: ${error.operation}: ${error.message}`;
    return noting(learnt(withRecorder(state, event.resourceId, { ...rest, storage: { ...storage, asked } }, at)), note);
  }
  const { until, round } = event;
  // Since the storage's settings were changed they don't end any more.
  if (until === null) return learnt(withRecorder(state, event.resourceId, rest, at));
  return learnt(withRecorder(state, event.resourceId, { ...rest, storage: { at, until, round, asked: null } }, at));
}

/** Folds that other keys were asked for. */
export function askedForStorage(storage: RecorderStorage, round: number, at: number): RecorderStorage {
  const failures = storage.asked?.failures ?? 0;
  return { ...storage, round, asked: { at, failedAt: null, failures, retryAfterMs: null } };
}
