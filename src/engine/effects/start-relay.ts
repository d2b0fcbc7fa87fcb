import { carriers, notStarted } from "./carriers/index.ts";
import type { Perform } from "./performance.ts";
import { fetchRtmpUrl } from "./rtmp-url.ts";

/** Starts what carries the picture, by the mode that was decided. */
export const startRelay: Perform<"StartRelay"> = async (scene) => {
  const target = await fetchRtmpUrl(scene);
  if (target.ok) return carriers[scene.effect.mode].start(scene, target.rtmpUrl);
  const disposition = target.final ? "final" : "retry";
  return notStarted(scene, scene.effect.resourceId, { ...target, disposition, mayRun: false }, target.gone);
};
