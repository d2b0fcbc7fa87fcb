import type { AnnouncementType } from "../live/index.ts";

/** What is told of channels, in the order of a broadcast; an endpoint may name those that it wants. */
export const announcementTypes = [
  "live.started",
  "live.playable",
  "live.degraded",
  "live.ended",
  "recording.failed",
  "video.ready",
] as const satisfies readonly AnnouncementType[];

/** What somebody asks for, to see whether an endpoint works: sent to that one, whatever it names. */
export const testType = "tally.test";

export type NotificationType = AnnouncementType | typeof testType;
