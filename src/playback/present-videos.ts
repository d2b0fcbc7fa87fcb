import { mainVideo, type SessionVideo } from "../live/index.ts";
import type { PlaybackLinks } from "./playback-links.ts";

/** A session's video as it is shown. */
export interface VideoAnswer {
  uid: string;
  /** It can be watched. Without an error and not deleted, it is live or being made until then. */
  ready: boolean;
  readyAt: string | null;
  hls: string | null;
  dash: string | null;
  thumbnail: string | null;
  durationSeconds: number | null;
  error: { code: string; message: string } | null;
  deletedAt: string | null;
}

/** @returns all of a session's videos, the oldest first, and the one to show where there is room for one */
export async function presentVideos(
  stored: readonly SessionVideo[],
  links: PlaybackLinks,
): Promise<{ video: VideoAnswer | null; videos: VideoAnswer[] }> {
  const videos = await Promise.all(stored.map((video) => present(video, links)));
  const main = mainVideo(stored);
  return { video: videos.find(({ uid }) => uid === main?.video) ?? null, videos };
}

async function present(stored: SessionVideo, links: PlaybackLinks): Promise<VideoAnswer> {
  const { video: uid, ready, readyAt = null, durationSeconds, error, deletedAt = null, signed } = stored;
  const { hls, dash, thumbnail } = stored;
  const shown = deletedAt === null ? await links.present({ hls, dash, thumbnail }, uid, signed) : null;
  return { uid, ready, readyAt, ...(shown ?? noLinks), durationSeconds, error, deletedAt };
}

const noLinks = { hls: null, dash: null, thumbnail: null };
