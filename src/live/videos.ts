import type { VideoFacts } from "./events.ts";

/** A video as its session keeps it. */
export interface SessionVideo extends Omit<VideoFacts, "modifiedAt"> {
  /** It can be watched. */
  ready: boolean;
  /**
   * Since when it could be first, ISO 8601: by Cloudflare's clock if it told, else when we learnt of it. Not there: never.
   */
  readyAt?: string;
  /** It is older than recordings are to be kept, and is to be deleted. */
  expired?: true;
  /** Since when it is gone, ISO 8601, our clock. */
  deletedAt?: string;
}

/** So often Cloudflare is asked about one session's video, answered or not. */
export const videoRoundsMost = 12;

/** A video's `created` was seen up to seconds before the connection's `updated_at`; a minute is well below a session. */
const toleranceMs = 60_000;

/**
 * The latest time at which the picture of a video's session may have first arrived, normalised like `updatedAt`: the
 * video is of the last session of which Cloudflare said so by then.
 */
export function latestSince(createdAt: string): string {
  return new Date(Date.parse(createdAt) + toleranceMs).toISOString().replace("Z", "000000Z");
}

/**
 * A session's videos with what was told of one of them. Whether it could be made is told once; that it is being made is
 * old news from then on.
 *
 * @param at - when we learnt it, ms
 */
export function withVideo(
  videos: readonly SessionVideo[],
  told: VideoFacts & { outcome: "ready" | "error" | "pending" },
  at: number,
): SessionVideo[] {
  const { outcome, modifiedAt, video, createdAt, durationSeconds, hls, dash, thumbnail, signed, error } = told;
  const known = videos.find((each) => each.video === video);
  if (known !== undefined && (outcome === "pending" || known.deletedAt !== undefined)) return [...videos];
  const ready = outcome === "ready";
  const readyAt = known?.readyAt ?? toMilliseconds(modifiedAt) ?? new Date(at).toISOString();
  const next: SessionVideo = {
    video,
    ready,
    createdAt,
    durationSeconds,
    hls,
    dash,
    thumbnail,
    error,
    ...(signed === undefined ? {} : { signed }),
    ...(ready || known?.readyAt !== undefined ? { readyAt } : {}),
    ...(known?.expired === true ? { expired: true } : {}),
  };
  const all = known === undefined ? [...videos, next] : videos.map((each) => (each === known ? next : each));
  return all.sort((a, b) => ((a.createdAt ?? "") < (b.createdAt ?? "") ? -1 : 1));
}

/** Whether Cloudflare is done with a video, and has it: whether there is anything to delete. */
export function isKept({ ready, error, expired, deletedAt }: SessionVideo): boolean {
  return (ready || error !== null) && expired !== true && deletedAt === undefined;
}

/** The one to show where there is room for one: the longest that can be watched, else the newest. */
export function mainVideo(videos: readonly SessionVideo[]): SessionVideo | null {
  const ready = videos.filter((video) => video.ready);
  const [longest] = ready.sort((a, b) => (b.durationSeconds ?? 0) - (a.durationSeconds ?? 0));
  return longest ?? videos.at(-1) ?? null;
}

function toMilliseconds(time: string | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString();
}
