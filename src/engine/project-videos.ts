import { latestSince, type LiveEvent, type SessionVideo, type VideoFacts, withVideo } from "../live/index.ts";
import type { SessionRow, Sessions } from "./sessions.ts";

/**
 * Writes into sessions what an event tells of their videos.
 *
 * @param at - when it was received, ms
 */
export function projectVideos(sessions: Sessions, event: LiveEvent, at: number): void {
  switch (event.type) {
    case "VideoProcessed": {
      const { ready, ...facts } = event;
      const row = sessionOfVideo(sessions, facts);
      if (row !== null) tell(sessions, row, { ...facts, outcome: ready ? "ready" : "error" }, at);
      return;
    }
    case "VideosListed":
      for (const listed of event.videos) {
        const row = sessionOfVideo(sessions, listed);
        if (row !== null) tell(sessions, row, listed, at);
      }
      return;
    case "VideoExpired": {
      mark(sessions, event, () => ({ expired: true }));
      return;
    }
    case "VideoDeleted": {
      mark(sessions, event, ({ deletedAt }) => ({
        ready: false,
        deletedAt: deletedAt ?? new Date(at).toISOString(),
      }));
      return;
    }
    default:
  }
}

function tell(sessions: Sessions, row: SessionRow, told: Parameters<typeof withVideo>[1], at: number): void {
  sessions.put({ ...row, videos: withVideo(row.videos, told, at) });
}

function mark(
  sessions: Sessions,
  { session, video }: { session: number; video: string },
  changed: (known: SessionVideo) => Partial<SessionVideo>,
): void {
  const row = sessions.get(session);
  if (row === undefined) return;
  const videos = row.videos.map((known) => (known.video === video ? { ...known, ...changed(known) } : known));
  sessions.put({ ...row, videos });
}

/**
 * The session that has this video, else by Cloudflare's own clock the last whose picture began to arrive before it, or a
 * little after. Without one, the newest session.
 */
function sessionOfVideo(sessions: Sessions, { video, createdAt }: VideoFacts): SessionRow | null {
  const until = createdAt === null ? null : latestSince(createdAt);
  return sessions.ofVideo(video) ?? sessions.lastBegunBy(until) ?? sessions.newest;
}
