import type { Problem, ProviderError } from "./events.ts";
import { ingestUnrecoverable, pictureMissing } from "./picture.ts";
import { relayRecorder } from "./recorders.ts";
import type { ChannelState, Failure } from "./state.ts";

/** Why a channel is not as the seller wants it; `code` is stable, `message` is for her to read. */
export interface StatusReason {
  code: ReasonCode;
  message: string;
}

export type ReasonCode =
  | "recorder_start_failed"
  | "live_input_failed"
  | "recorder_lost"
  | "recorder_stop_failed"
  | "capacity"
  | "ingest_lost"
  | "ingest_codec_unsupported"
  | "ingest_error"
  | "rtmp_disconnected"
  | "not_playable"
  | "storage_quota"
  | "subscription_missing"
  | "host_away"
  | "operator_stop"
  | "max_duration"
  | "replay";

/** The most telling reason, or null when all is as it should be. */
export function reasonOf(state: ChannelState): StatusReason | null {
  return holdReason(state) ?? sessionReason(state) ?? stopReason(state);
}

/** The reason that goes with a problem. */
export function problemReason(state: ChannelState, problem: Problem): StatusReason | null {
  return problem.startsWith("stop_failed:") ? stopReason(state) : reasonOf(state);
}

function holdReason(state: ChannelState): StatusReason | null {
  switch (state.hold?.reason) {
    case undefined:
      return null;
    case "gave_up": {
      const { code, message } = failureReason(state.session?.failure ?? null);
      return { code, message: `${message} We stopped trying. Leave the channel and join again, or ask for a start.` };
    }
    case "operator_stop":
      return {
        code: "operator_stop",
        message: "Stopped by request. It starts again when the host joins the next time.",
      };
    case "max_duration":
      return { code: "max_duration", message: "The longest allowed broadcast is over. Leave and join again to go on." };
    case "replay":
      return { code: "replay", message: "History was processed again; the channel starts with the host's next event." };
  }
}

function sessionReason(state: ChannelState): StatusReason | null {
  const { session } = state;
  if (session === null || session.closedAt !== null || session.ending !== null) return null;
  if (!state.ingest.old && state.ingest.error !== null && ingestUnrecoverable(state)) {
    return ingestReason(state.ingest.error);
  }
  if (session.failure !== null && state.relay?.confirmedAt == null) return failureReason(session.failure);
  if (!state.host.present && session.cause === "host") {
    return { code: "host_away", message: "The host is away; the broadcast goes on if she is back in a moment." };
  }
  return pictureReason(state);
}

function pictureReason(state: ChannelState): StatusReason | null {
  if (relayRecorder(state)?.state !== "running") return null;
  switch (pictureMissing(state)) {
    case null:
      return isOverdue(state)
        ? { code: "not_playable", message: "The picture arrives, but viewers can't watch it yet; we keep looking." }
        : null;
    case "not_confirmed":
      // Normal for the first seconds of a broadcast.
      return state.ingest.old || state.ingest.error === null ? null : ingestReason(state.ingest.error);
    case "ingest_lost":
      return state.ingest.error === null
        ? { code: "ingest_lost", message: "The picture does not arrive any more; we are bringing it back." }
        : ingestReason(state.ingest.error);
    case "rtmp_disconnected":
      return { code: "rtmp_disconnected", message: "The push of the picture broke off; we are bringing it back." };
  }
}

/** The delivery was asked for as long as a picture takes to be playable, and says no. */
function isOverdue({ playback, liveInput }: ChannelState): boolean {
  return liveInput.playbackBase !== null && playback?.late === true && playback.seen === null;
}

function failureReason(failure: Failure | null): StatusReason {
  const detail = failure?.error == null ? "" : ` (${briefly(failure.error)})`;
  switch (failure?.kind) {
    case undefined:
    case "start":
      return { code: "recorder_start_failed", message: `The recording could not be started${detail}.` };
    case "live_input":
      return { code: "live_input_failed", message: `The video platform gave no place for the picture${detail}.` };
    case "capacity":
      return failure.error === null
        ? { code: "capacity", message: "All recorders are in use; yours starts as soon as one is free." }
        : {
            code: "capacity",
            message: `The provider has no free place${detail}; yours starts as soon as one is free.`,
          };
    case "lost":
      return { code: "recorder_lost", message: "The recording broke off; we are starting another." };
  }
}

function ingestReason({ code, message }: { code: string; message: string }): StatusReason {
  switch (code) {
    case "ERR_GOP_OUT_OF_RANGE":
    case "ERR_UNSUPPORTED_VIDEO_CODEC":
    case "ERR_UNSUPPORTED_AUDIO_CODEC":
      return { code: "ingest_codec_unsupported", message: `The video platform can't use the picture: ${message}` };
    case "ERR_STORAGE_QUOTA_EXHAUSTED":
      return { code: "storage_quota", message: "The video platform's storage is full; no broadcast can start." };
    case "ERR_MISSING_SUBSCRIPTION":
      return { code: "subscription_missing", message: "The video platform's subscription is missing." };
    default:
      return { code: "ingest_error", message: `The video platform reports: ${message}` };
  }
}

function stopReason(state: ChannelState): StatusReason | null {
  const dead = Object.values(state.recorders).some(
    (recorder) => recorder.state !== "ended" && recorder.stop?.dead === true,
  );
  return dead
    ? { code: "recorder_stop_failed", message: "A recorder could not be stopped and needs an operator." }
    : null;
}

function briefly({ operation, status, code, message }: ProviderError): string {
  const answer = status === null ? "no answer" : `HTTP ${status}`;
  return `${operation}: ${answer}${code === null ? "" : `, code ${code}`}, ${message}`;
}
