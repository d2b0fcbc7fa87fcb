import type { ProviderError } from "../../live/index.ts";
import { recordingOf } from "./carriers/index.ts";
import { type EffectOf, ownError, type Perform, type Performance, type Scene } from "./performance.ts";

/** Gives a running recorder other keys for its storage, before those that it has end. */
export const renewStorage: Perform<"RenewStorage"> = async (scene) => {
  const { resourceId, round } = scene.effect;
  const recording = recordingOf(scene, resourceId);
  const session = scene.state.recorders[resourceId]?.session;
  if (recording === null || session === undefined) {
    return failed(scene, null, ownError("agora", "update", "the recording's id is not known"));
  }
  const granted = await scene.storage.grant({ channelId: scene.channel.id, session }, scene.call);
  if (!granted.ok) return failed(scene, granted.retryAfterMs, granted.error);
  const { grant } = granted;
  const answer = await scene.cloudRecording.updateStorage({ ...recording, storage: grant }, scene.call);
  if (!answer.ok) return failed(scene, answer.retryAfterMs, answer.error);
  return { outcomes: [{ type: "StorageRenewed", resourceId, round, until: grant.until }], error: null };
};

function failed(
  { effect }: Scene<EffectOf<"RenewStorage">>,
  retryAfterMs: number | null,
  error: ProviderError,
): Performance {
  const { resourceId, round } = effect;
  return { outcomes: [{ type: "StorageRenewalFailed", resourceId, round, retryAfterMs, error }], error };
}
