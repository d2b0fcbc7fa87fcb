import type { QueryResult, RtmpUrl, StopResult, UpdateResult } from "../../../providers/index.ts";
import type { EffectOf, Performance, Scene } from "../performance.ts";

export type StartScene = Scene<EffectOf<"StartRelay">>;

/** Nothing could be asked, since what Agora knows the recorder by is not known. */
export const unknownId = "unknown id";

/**
 * A way of carrying a channel's picture to its live input: what the effects of one mode call. `resourceId` names a
 * recorder of the scene's state.
 */
export interface Carrier {
  start(scene: StartScene, rtmpUrl: RtmpUrl): Promise<Performance>;
  query(scene: Scene, resourceId: string): Promise<QueryResult | typeof unknownId>;
  /** @param to.sequence - counts the updates of this recorder */
  repoint(
    scene: Scene,
    resourceId: string,
    to: { rtmpUrl: RtmpUrl; sequence: number },
  ): Promise<UpdateResult | typeof unknownId>;
  stop(scene: Scene, resourceId: string): Promise<StopResult | typeof unknownId>;
}
