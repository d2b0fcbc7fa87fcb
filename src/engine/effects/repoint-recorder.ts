import type { ProviderError } from "../../live/index.ts";
import { carrierOf, unknownId } from "./carriers/index.ts";
import { type EffectOf, ownError, type Perform, type Performance, type Scene } from "./performance.ts";
import { fetchRtmpUrl } from "./rtmp-url.ts";

/** Tells a running recorder to push again. The URL may be the same: a key may have been rotated. */
export const repointRecorder: Perform<"RepointRecorder"> = async (scene) => {
  const { resourceId, round, sequence = 0 } = scene.effect;
  const target = await fetchRtmpUrl(scene);
  if (!target.ok) {
    const performance = failed(scene, target.error);
    return { ...performance, outcomes: [...target.gone, ...performance.outcomes] };
  }
  const { rtmpUrl } = target;
  const answer = await carrierOf(scene, resourceId).repoint(scene, resourceId, { rtmpUrl, sequence });
  if (answer === unknownId) return failed(scene, ownError("agora", "update", "the recording's id is not known"));
  if (!answer.ok) return failed(scene, answer.error);
  return { outcomes: [{ type: "RepointAccepted", resourceId, round }], error: null };
};

function failed({ effect }: Scene<EffectOf<"RepointRecorder">>, error: ProviderError): Performance {
  const { resourceId, round } = effect;
  return { outcomes: [{ type: "RepointFailed", resourceId, round, error }], error };
}
