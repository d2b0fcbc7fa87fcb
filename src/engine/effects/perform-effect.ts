import type { Effect } from "../../live/index.ts";
import { arrangeHosts } from "./arrange-hosts.ts";
import { checkVideo } from "./check-video.ts";
import { checkIngest, checkPlayback, checkPresence, checkRecorder } from "./checkups.ts";
import { deleteVideo } from "./delete-video.ts";
import { disableLiveInput } from "./disable-live-input.ts";
import { ensureLiveInput } from "./ensure-live-input.ts";
import type { Performance, Scene } from "./performance.ts";
import { renewStorage } from "./renew-storage.ts";
import { repointRecorder } from "./repoint-recorder.ts";
import { startRelay } from "./start-relay.ts";
import { stopRecorder } from "./stop-recorder.ts";

/** Makes the calls of one effect. Knows no database: what it may read and record is in the scene. */
export function performEffect(scene: Scene): Promise<Performance> {
  const of = <E extends Effect>(effect: E): Scene<E> => ({ ...scene, effect });
  const { effect } = scene;
  switch (effect.type) {
    case "EnsureLiveInput":
      return ensureLiveInput(of(effect));
    case "DisableLiveInput":
      return disableLiveInput(of(effect));
    case "StartRelay":
      return startRelay(of(effect));
    case "StopRecorder":
      return stopRecorder(of(effect));
    case "RepointRecorder":
      return repointRecorder(of(effect));
    case "ArrangeHosts":
      return arrangeHosts(of(effect));
    case "RenewStorage":
      return renewStorage(of(effect));
    case "CheckPresence":
      return checkPresence(of(effect));
    case "CheckRecorder":
      return checkRecorder(of(effect));
    case "CheckIngest":
      return checkIngest(of(effect));
    case "CheckPlayback":
      return checkPlayback(of(effect));
    case "CheckVideo":
      return checkVideo(of(effect));
    case "DeleteVideo":
      return deleteVideo(of(effect));
  }
}
