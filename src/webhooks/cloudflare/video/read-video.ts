import type { VideoFacts } from "../../../live/index.ts";
import { isObject } from "../../fields.ts";
import { normaliseTime } from "../../times.ts";
import { outcomeOf, type Video, video } from "./video.ts";

/**
 * What a video of Cloudflare's says, in a webhook or in a list.
 *
 * @returns null if it has no uid, or is no object
 */
export function readVideo(body: unknown): (VideoFacts & { outcome: ReturnType<typeof outcomeOf> }) | null {
  if (!isObject(body)) return null;
  const { uid, status, created, modified, duration, playback, thumbnail, readyToStream, requireSignedURLs } =
    video.parse(body);
  if (typeof uid !== "string" || uid === "") return null;
  const outcome = outcomeOf({ readyToStream, status });
  const modifiedAt = normaliseTime(modified);
  return {
    outcome,
    video: uid,
    createdAt: normaliseTime(created),
    ...(modifiedAt === null ? {} : { modifiedAt }),
    // -1 while it isn't known.
    durationSeconds: duration !== null && duration >= 0 ? duration : null,
    hls: textOrNull(playback.hls),
    dash: textOrNull(playback.dash),
    thumbnail: textOrNull(thumbnail),
    ...(typeof requireSignedURLs === "boolean" ? { signed: requireSignedURLs } : {}),
    error: outcome === "error" ? errorOf(status) : null,
  };
}

function errorOf(status: Video["status"]): { code: string; message: string } {
  const code = status.errorReasonCode || status.errReasonCode || "ERR_UNKNOWN";
  return { code, message: status.errorReasonText || status.errReasonText };
}

function textOrNull(text: string): string | null {
  return text === "" ? null : text;
}
