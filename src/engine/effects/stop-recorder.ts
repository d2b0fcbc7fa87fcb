import type { ProviderError, RecorderStopFailed } from "../../live/index.ts";
import { carrierOf, unknownId } from "./carriers/index.ts";
import { type EffectOf, ownError, type Perform, type Performance, type Scene } from "./performance.ts";

/** Asks a recorder to stop. Accepted is not yet stopped: the end comes as a notification, or as a checkup's answer. */
export const stopRecorder: Perform<"StopRecorder"> = async (scene) => {
  const { resourceId, round } = scene.effect;
  const answer = await carrierOf(scene, resourceId).stop(scene, resourceId);
  if (answer === unknownId) {
    const error = ownError("agora", "stop", "the recording's id is not known, and nothing stops it without");
    return failed(scene, { notFound: false, retryAfterMs: null, error });
  }
  if (!answer.ok) return failed(scene, { notFound: false, ...answer });
  switch (answer.outcome) {
    case "accepted":
      return { outcomes: [{ type: "RecorderStopAccepted", resourceId, round }], error: null };
    case "already_stopped":
      return { outcomes: [{ type: "RecorderStopConfirmed", resourceId, round }], error: null };
    case "not_found":
      return failed(scene, { notFound: true, retryAfterMs: null, error: answer.error });
  }
};

function failed(
  { effect }: Scene<EffectOf<"StopRecorder">>,
  { notFound, retryAfterMs, error }: { notFound: boolean; retryAfterMs: number | null; error: ProviderError },
): Performance {
  const { resourceId, round } = effect;
  const outcome: RecorderStopFailed = {
    type: "RecorderStopFailed",
    resourceId,
    round,
    notFound,
    retryAfterMs,
    error,
  };
  return { outcomes: [outcome], error };
}
