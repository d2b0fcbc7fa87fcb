import type { Effect, Outcome, ProviderError } from "../../live/index.ts";
import { ownError } from "./performance.ts";

/**
 * The outcome of an effect that our own code could not perform, so that its channel goes on by its policy instead of
 * waiting for an answer that never comes.
 *
 * @param resourceId - what was acquired for it: then a recorder may run
 */
export function failureOutcome(effect: Effect, message: string, resourceId: string | null): Outcome {
  const error = errorOf(effect, `internal error: ${message}`);
  switch (effect.type) {
    case "EnsureLiveInput":
      return { type: "LiveInputFailed", attempt: effect.attempt, final: false, retryAfterMs: null, error };
    case "DisableLiveInput":
      return { type: "LiveInputDisableFailed", round: effect.round, error };
    case "StartRelay": {
      const { session, attempt, uid } = effect;
      const known = effect.resourceId ?? resourceId;
      return {
        type: "RelayStartFailed",
        session,
        attempt,
        uid,
        resourceId: known,
        disposition: "retry",
        mayRun: known !== null,
        retryAfterMs: null,
        error,
      };
    }
    case "StopRecorder": {
      const { resourceId: stopped, round } = effect;
      return { type: "RecorderStopFailed", resourceId: stopped, round, notFound: false, retryAfterMs: null, error };
    }
    case "RepointRecorder":
      return { type: "RepointFailed", resourceId: effect.resourceId, round: effect.round, error };
    case "ArrangeHosts":
      return { type: "LayoutFailed", resourceId: effect.resourceId, round: effect.round, error };
    case "RenewStorage": {
      const { resourceId: renewed, round } = effect;
      return { type: "StorageRenewalFailed", resourceId: renewed, round, retryAfterMs: null, error };
    }
    case "CheckPresence":
    case "CheckRecorder":
    case "CheckIngest":
    case "CheckPlayback":
      return { type: "CheckFailed", check: effect.check, error };
    case "CheckVideo": {
      const { session, round } = effect;
      return { type: "VideoCheckFailed", session, round, notFound: false, retryAfterMs: null, error };
    }
    case "DeleteVideo": {
      const { session, video, round } = effect;
      return { type: "VideoDeletionFailed", session, video, round, retryAfterMs: null, error };
    }
  }
}

function errorOf({ type }: Effect, message: string): ProviderError {
  return ownError(ofCloudflare.has(type) ? "cloudflare" : "agora", type, message);
}

const ofCloudflare: ReadonlySet<Effect["type"]> = new Set([
  "EnsureLiveInput",
  "DisableLiveInput",
  "CheckIngest",
  "CheckPlayback",
  "CheckVideo",
  "DeleteVideo",
]);
