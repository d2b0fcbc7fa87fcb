import type { RelayMode } from "../../../live/index.ts";
import { modeOf } from "../../../live/index.ts";
import type { Scene } from "../performance.ts";
import type { Carrier } from "./carrier.ts";
import { cloudRecordingCarrier } from "./cloud-recording.ts";
import { mediaPushCarrier } from "./media-push.ts";

export { unknownId } from "./carrier.ts";
export { recordingOf } from "./recording-of.ts";
export { notStarted, refusedBefore } from "./start-outcomes.ts";

/** The ways of carrying, by mode. */
export const carriers: Readonly<Record<RelayMode, Carrier>> = {
  "cloud-recording": cloudRecordingCarrier,
  "media-push": mediaPushCarrier,
};

/** The way by which this recorder was started, whatever the channel's mode is now. */
export function carrierOf({ state }: Scene, resourceId: string): Carrier {
  const recorder = state.recorders[resourceId];
  return carriers[recorder === undefined ? "cloud-recording" : modeOf(recorder)];
}
