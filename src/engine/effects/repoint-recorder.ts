import type { ProviderError } from "../../live/index.ts";
import { type EffectOf, ownError, type Perform, type Performance, type Scene } from "./performance.ts";
import { recordingOf } from "./recording-of.ts";
import { fetchRtmpUrl } from "./rtmp-url.ts";

/** Tells a running recorder to push again. The URL may be the same: a key may have been rotated. */
export const repointRecorder: Perform<"RepointRecorder"> = async (scene) => {
  const { resourceId, round } = scene.effect;
  const recording = recordingOf(scene, resourceId);
  if (recording === null) return failed(scene, ownError("agora", "update", "the recording's id is not known"));
  const target = await fetchRtmpUrl(scene);
  if (!target.ok) {
    const performance = failed(scene, target.error);
    return { ...performance, outcomes: [...target.gone, ...performance.outcomes] };
  }
  const answer = await scene.cloudRecording.updateRtmp({ ...recording, rtmpUrl: target.rtmpUrl }, scene.call);
  if (!answer.ok) return failed(scene, answer.error);
  return { outcomes: [{ type: "RepointAccepted", resourceId, round }], error: null };
};

function failed({ effect }: Scene<EffectOf<"RepointRecorder">>, error: ProviderError): Performance {
  const { resourceId, round } = effect;
  return { outcomes: [{ type: "RepointFailed", resourceId, round, error }], error };
}
