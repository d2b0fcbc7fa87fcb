import type { RecordingEvent } from "../events.ts";
import { acquiredRecorder, modeOf, withRecorder } from "../recorders.ts";
import { hear } from "../sequences.ts";
import type { ChannelState, Recorder } from "../state.ts";
import { type Folded, learnt, nothing, noting } from "./folded.ts";
import { withMissed } from "./missed.ts";

/** A notification about a recorder that is known, of which a converter's, which carries no uid, gets the recorder's. */
type Told = RecordingEvent & { uid: number };

/** Folds a notification of Cloud Recording or Media Push into the recorder that it is about. */
export function foldRecording(before: ChannelState, notified: RecordingEvent, at: number): Folded {
  const state = withTwin(before, notified, at);
  const resourceId = findRecorder(state, notified);
  const recorder = resourceId === null ? undefined : state.recorders[resourceId];
  if (resourceId === null || recorder === undefined) {
    return nothing(state, `no recorder of ours has ${inWords(notified)}`);
  }
  const event: Told = { ...notified, uid: notified.uid ?? recorder.uid };
  const { recorder: changed, note } = foldInto(recorder, event, at, state.folded);
  const { uid, sentAt } = event;
  const heard = {
    ...changed,
    workers: withWorker(changed.workers, uid, { sentAt, replaced: false }),
    recordingSid: recorder.recordingSid ?? event.recordingSid,
    heardAt: Math.max(recorder.heardAt, at),
    missingAt: null,
    // That nobody found it for long was a presumption: one that speaks again may have moved twice, and costs money.
    proof: changed.proof === "not_found" && saysItRuns(event) ? null : changed.proof,
    stop: recorder.missingAt === null ? changed.stop : dueAtOnce(changed.stop),
  };
  const counted = notified.uid === null ? { recorder: heard, missed: 0, note: null } : countSequence(heard, event);
  const told = withMissed(withRecorder(state, resourceId, counted.recorder, at), "recording", counted.missed);
  const taught = note === null ? learnt(told) : nothing(told, note);
  return noting(noting(taught, remarkOn(event)), counted.note);
}

/** What an operator is to see, whatever the fold makes of it. */
function remarkOn(event: RecordingEvent): string | null {
  if (event.type === "RecorderErrored") return `level ${event.level}, code ${event.code ?? "none"}: ${event.message}`;
  return event.type === "RecorderEnded" && event.backup === true ? event.message : null;
}

/**
 * Agora counts a recording's notifications from 0, so that a loss shows (Agora docs: event-types/cloud-recording). What
 * it counts from under the uid of a failover is not documented: there nothing before the first is missed.
 */
function countSequence(
  recorder: Recorder,
  { uid, sequence }: Told,
): { recorder: Recorder; missed: number; note: string | null } {
  const known = recorder.heard?.[uid];
  const countsFromZero = recorder.heard !== undefined && uid === recorder.uid;
  const { heard, note } = hear(known, sequence, { countsFromZero });
  if (heard === undefined) return { recorder, missed: 0, note };
  const missed = heard.missed - (known?.missed ?? 0);
  return { recorder: { ...recorder, heard: { ...recorder.heard, [uid]: heard } }, missed, note };
}

/**
 * By the recording's id. While a start is unanswered we don't know that id yet: then the first notification that says
 * "it runs" for this uid tells it. Other notifications don't bind: a late end of an older recording with the same uid
 * would pass for the end of this one. A converter's name is its own, and tells by itself.
 */
function findRecorder(state: ChannelState, event: RecordingEvent): string | null {
  const recorders = Object.entries(state.recorders);
  const bySid = recorders.find(([, recorder]) => recorder.recordingSid === event.recordingSid);
  if (bySid !== undefined) return bySid[0];
  const named = event.name === undefined ? undefined : state.recorders[event.name];
  if (event.name !== undefined && named?.recordingSid === null) return event.name;
  if (!saysItRuns(event)) return null;
  const open = recorders
    .filter(([, recorder]) => recorder.recordingSid === null && recorder.state !== "ended")
    .filter(([, recorder]) => recorder.uid === event.uid)
    .sort(([, a], [, b]) => b.acquiredAt - a.acquiredAt);
  return open[0]?.[0] ?? null;
}

/**
 * A create that is carried out late, when the converter that the same name had is gone, makes a second one that nobody
 * asked for. It is one more to stop.
 */
function withTwin(state: ChannelState, event: RecordingEvent, at: number): ChannelState {
  const { name, recordingSid } = event;
  const first = name === undefined ? undefined : state.recorders[name];
  if (first?.recordingSid == null || first.recordingSid === recordingSid || !saysItRuns(event)) return state;
  if (state.recorders[recordingSid] !== undefined) return state;
  const { session, attempt, uid } = first;
  const twin = acquiredRecorder({ session, attempt, uid, mode: modeOf(first), hosts: [], at });
  return withRecorder(state, recordingSid, { ...twin, recordingSid, released: true }, at);
}

function inWords({ uid, recordingSid, name }: RecordingEvent): string {
  if (uid !== null) return `uid ${uid} and sid ${recordingSid}`;
  return name === undefined ? `the converter ${recordingSid}` : `the converter ${recordingSid} or its name ${name}`;
}

/** A stop that nobody took, since the recorder was moving: it is back, so the next round need not wait. */
function dueAtOnce(stop: Recorder["stop"]): Recorder["stop"] {
  return stop === null || stop.failedAt === null ? stop : { ...stop, failedAt: 0, retryAfterMs: null };
}

/** What is known of a worker only adds up, so that the order of arrival doesn't matter. */
function withWorker(
  workers: Recorder["workers"],
  uid: number,
  { sentAt, replaced }: Recorder["workers"][string],
): Recorder["workers"] {
  const known = workers[uid];
  if (known !== undefined && known.sentAt >= sentAt && (known.replaced || !replaced)) return workers;
  return {
    ...workers,
    [uid]: {
      sentAt: Math.max(sentAt, known?.sentAt ?? sentAt),
      replaced: replaced || (known?.replaced ?? false),
    },
  };
}

function saysItRuns(event: RecordingEvent): boolean {
  switch (event.type) {
    case "RecorderStarted":
    case "RtmpStatusChanged":
    case "RecorderFailedOver":
      return true;
    case "RecorderSeen":
      return event.isRunning;
    case "RecorderEnded":
    case "RecorderErrored":
      return false;
  }
}

function foldInto(
  recorder: Recorder,
  event: Told,
  at: number,
  folded: number,
): { recorder: Recorder; note: string | null } {
  switch (event.type) {
    case "RecorderStarted":
      return { recorder: { ...recorder, runningAt: recorder.runningAt ?? at }, note: null };
    case "RtmpStatusChanged": {
      const known = recorder.rtmp[event.uid];
      if (known !== undefined && !isLater(event, known)) {
        return { recorder, note: `sequence ${event.sequence} is not newer than ${known.sequence}` };
      }
      const { status, sequence, sentAt } = event;
      const rtmp = { ...recorder.rtmp, [event.uid]: { status, sequence, sentAt, at, changed: folded } };
      return { recorder: { ...recorder, rtmp, runningAt: recorder.runningAt ?? at }, note: null };
    }
    case "RecorderFailedOver": {
      if (event.newUid === event.uid) return { recorder, note: "it names no other worker" };
      const workers = withWorker(recorder.workers, event.newUid, { sentAt: event.sentAt, replaced: false });
      const replaced = { sentAt: event.sentAt, replaced: true };
      return { recorder: { ...recorder, workers: withWorker(workers, event.uid, replaced) }, note: null };
    }
    case "RecorderEnded": {
      const known = recorder.ends[event.uid];
      if (known !== undefined && !isLater(known, event)) return { recorder, note: "its end is known already" };
      const { cause, code, message, sequence, sentAt } = event;
      const end = { cause, code, message, sequence, sentAt, refuted: known?.refuted ?? false };
      return { recorder: { ...recorder, ends: { ...recorder.ends, [event.uid]: end } }, note: null };
    }
    case "RecorderErrored": {
      // Agora's levels: 1 debug … 5 fatal, "on 5 call query".
      if (event.level < 5) return { recorder, note: "not fatal" };
      return { recorder: { ...recorder, suspect: true }, note: null };
    }
    case "RecorderSeen":
      return { recorder, note: null };
  }
}

function isLater(a: { sequence: number; sentAt: number }, b: { sequence: number; sentAt: number }): boolean {
  return a.sequence !== b.sequence ? a.sequence > b.sequence : a.sentAt > b.sentAt;
}
