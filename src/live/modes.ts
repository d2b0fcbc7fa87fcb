import type { RelayMode } from "./events.ts";

/** What the rules must know of how the picture is carried; all else of a mode is for whoever makes the calls. */
export interface ModeTraits {
  /**
   * A recorder is found by the name under which it was started, so that one whose start was never answered can be asked
   * about and stopped. Else only the id that Agora gives it will do.
   */
  isFoundByName: boolean;
  /** Who is shown is told to the recorder, and told anew when hosts come and go. Else a page sees for itself. */
  isArranged: boolean;
  /** How long it may take to another machine, as a multiple of `workerLostMs` (Agora docs, best practices: 90 s, 120 s). */
  movingTime: number;
}

export const modeTraits: Readonly<Record<RelayMode, ModeTraits>> = {
  "cloud-recording": { isFoundByName: false, isArranged: false, movingTime: 1 },
  "media-push": { isFoundByName: true, isArranged: true, movingTime: 4 / 3 },
};
