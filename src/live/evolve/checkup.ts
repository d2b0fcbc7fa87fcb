import type { CheckFailed, IngestChecked, PlaybackChecked, PresenceChecked, RecorderChecked } from "../events.ts";
import { isPresent } from "../hosts.ts";
import { liveRtmp, withRecorder } from "../recorders.ts";
import type { ChannelState, Check, Presence, Recorder } from "../state.ts";
import { type Folded, learnt, nothing } from "./folded.ts";
import { foldPlaybackChecked } from "./playback.ts";
import { pictureSeen } from "./videos.ts";

/**
 * Folds a provider's answer to a question of ours. It has no counter: it ranks just above what was known when the
 * question was asked, and below anything that came since.
 */
export function foldCheckup(
  state: ChannelState,
  event: PresenceChecked | RecorderChecked | IngestChecked | PlaybackChecked | CheckFailed,
  at: number,
): Folded {
  switch (event.type) {
    case "PresenceChecked":
      return foldPresenceChecked(state, event, at);
    case "RecorderChecked":
      return foldRecorderChecked(state, event, at);
    case "IngestChecked":
      return foldIngestChecked(state, event, at);
    case "PlaybackChecked":
      return foldPlaybackChecked(state, event, at);
    case "CheckFailed":
      return foldCheckFailed(state, event, at);
  }
}

function foldPresenceChecked(state: ChannelState, event: PresenceChecked, at: number): Folded {
  const check = state.checks.presence;
  if (check?.id !== event.check) return nothing(state, "a newer checkup was asked since");
  const broadcasters = new Set(event.channelExists ? event.broadcasters.map(String) : []);
  const presence: Record<string, Presence> = { ...state.presence };
  for (const [uid, entry] of Object.entries(presence)) {
    if (entry.changed > check.asOf) continue;
    const present = broadcasters.has(uid);
    if (!present && !isPresent(state, entry)) continue;
    const ts = Math.max(entry.ts, state.destroyedTs);
    const { audience: _, noticedAt: __, ...rest } = entry;
    const gone = present ? {} : { noticedAt: at };
    presence[uid] = { ...rest, present, ts, by: "check", ...gone, changed: state.folded };
  }
  for (const uid of broadcasters) {
    presence[uid] ??= {
      present: true,
      seq: 0, // any notification about this user is newer
      ts: Math.max(state.destroyedTs, Math.floor(check.askedAt / 1000)),
      by: "check",
      bot: false,
      communication: event.communication,
      changed: state.folded,
    };
  }
  const checks = { ...state.checks, presence: answered(check, at) };
  const { doubtedAt, ...rest } = state;
  // A doubt since the question stays: the next one is asked.
  const doubt = doubtedAt === undefined || check.askedAt >= doubtedAt ? {} : { doubtedAt };
  return learnt({ ...rest, ...doubt, presence, checks, host: { ...state.host, heardAt: at } });
}

function foldRecorderChecked(state: ChannelState, event: RecorderChecked, at: number): Folded {
  const recorder = state.recorders[event.resourceId];
  if (recorder?.check?.id !== event.check) return nothing(state, "a newer checkup was asked since");
  const { asOf } = recorder.check;
  const asked: Recorder = { ...recorder, check: answered(recorder.check, at), suspect: false };
  switch (event.found) {
    case "running": {
      const known = liveRtmp(recorder);
      const isNews = event.rtmp !== null && (known === null || known.changed <= asOf);
      const rtmp =
        isNews && event.rtmp !== null
          ? {
              ...recorder.rtmp,
              [recorder.liveUid]: {
                status: event.rtmp,
                sequence: known?.sequence ?? -1, // any notification about this push is newer
                sentAt: known?.sentAt ?? 0,
                at,
                changed: state.folded,
              },
            }
          : recorder.rtmp;
      const isBack = recorder.state === "ended";
      const ends = isBack ? refuted(recorder) : recorder.ends;
      // One that was let go because it had ended, and pushes after all, may be wanted still.
      const released = recorder.released && !(isBack && event.rtmp === "publishing");
      const runningAt = recorder.runningAt ?? at;
      const seen = { ...asked, ends, released, rtmp, missingAt: null, heardAt: at, runningAt };
      return learnt(withRecorder(state, event.resourceId, seen, at));
    }
    case "exited":
      return learnt(withRecorder(state, event.resourceId, { ...asked, proof: "query: exited" }, at));
    case "not_found": {
      if (recorder.heardAt > recorder.check.askedAt) {
        return learnt(withRecorder(state, event.resourceId, asked, at));
      }
      const proof = recorder.stop?.acceptedOnce === true ? "query after an accepted stop: not found" : recorder.proof;
      const missing = { ...asked, proof, missingAt: recorder.missingAt ?? at };
      return learnt(withRecorder(state, event.resourceId, missing, at));
    }
  }
}

function refuted(recorder: Recorder): Recorder["ends"] {
  const end = recorder.ends[recorder.liveUid];
  return end === undefined ? recorder.ends : { ...recorder.ends, [recorder.liveUid]: { ...end, refuted: true } };
}

function foldIngestChecked(state: ChannelState, event: IngestChecked, at: number): Folded {
  const check = state.checks.ingest;
  if (check?.id !== event.check) return nothing(state, "a newer checkup was asked since");
  const checks = { ...state.checks, ingest: answered(check, at) };
  const { pictureDoubtedAt, ...rest } = state;
  const isDoubted = pictureDoubtedAt !== undefined && check.askedAt < pictureDoubtedAt;
  return foldArrival({ ...rest, ...(isDoubted ? { pictureDoubtedAt } : {}), checks }, event, check, at);
}

function foldArrival(state: ChannelState, event: IngestChecked, check: Check, at: number): Folded {
  const known = state.ingest;
  // Asked before this relay was wanted, it tells of an earlier one.
  if (state.relay !== null && state.relay.requestedAt > check.askedAt) return learnt(state);
  if (event.liveInput !== state.liveInput.uid || known.changed > check.asOf || event.state === "unknown") {
    return learnt(state);
  }
  const same = event.state === known.state;
  const ingest = {
    ...known,
    state: event.state,
    error:
      event.state === "errored" ? (known.error ?? { code: "unknown", message: "Cloudflare reports an error" }) : null,
    sinceAt: same && !known.old ? known.sinceAt : at,
    old: false,
    changed: state.folded,
  };
  const told = event.state === "connected" ? pictureSeen(state) : state;
  return learnt({ ...told, ingest });
}

function foldCheckFailed(state: ChannelState, event: CheckFailed, at: number): Folded {
  const { presence, ingest } = state.checks;
  if (state.playback?.check?.id === event.check) {
    return foldPlaybackChecked(state, { type: "PlaybackChecked", check: event.check, playable: null }, at);
  }
  if (presence?.id === event.check) {
    return learnt({ ...state, checks: { ...state.checks, presence: { ...answered(presence, at), failed: true } } });
  }
  if (ingest?.id === event.check) {
    return learnt({ ...state, checks: { ...state.checks, ingest: { ...answered(ingest, at), failed: true } } });
  }
  const asked = Object.entries(state.recorders).find(([, recorder]) => recorder.check?.id === event.check);
  if (asked === undefined) return nothing(state, "a newer checkup was asked since");
  const [resourceId, recorder] = asked;
  const check = recorder.check === null ? null : { ...answered(recorder.check, at), failed: true };
  return learnt(withRecorder(state, resourceId, { ...recorder, check }, at));
}

function answered(check: Check, at: number): Check {
  return { ...check, answeredAt: at };
}
