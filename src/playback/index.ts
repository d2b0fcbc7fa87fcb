export { createPlaybackLinks, type PlaybackLinks } from "./playback-links.ts";
export { type PresentedStatus, presentStatus } from "./present-status.ts";
export { presentVideos, type VideoAnswer } from "./present-videos.ts";
