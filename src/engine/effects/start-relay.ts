import { carriers, notStarted, refusedBefore } from "./carriers/index.ts";
import type { Perform } from "./performance.ts";
import { fetchRtmpUrl } from "./rtmp-url.ts";

/** Starts what carries the picture, by the mode that was decided. */
export const startRelay: Perform<"StartRelay"> = async (scene) => {
  const target = await fetchRtmpUrl(scene);
  if (target.ok) return carriers[scene.effect.mode].start(scene, target.rtmpUrl);
  return notStarted(scene, scene.effect.resourceId, refusedBefore(target), target.gone);
};
