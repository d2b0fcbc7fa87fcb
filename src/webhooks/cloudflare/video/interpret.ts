import { isObject } from "../../fields.ts";
import { event, ignored, type Interpretation, unrecognised } from "../../interpretation.ts";
import { normaliseTime } from "../../times.ts";
import { outcomeOf, type Video, video } from "./video.ts";

/** What a Stream webhook means: a recording can be watched, or could not be made. */
export function interpretCloudflareVideo(body: unknown): Interpretation {
  if (!isObject(body)) return unrecognised("not a Stream webhook: the body is no JSON object");
  const { uid, status, created, duration, playback, thumbnail, readyToStream } = video.parse(body);
  const outcome = outcomeOf({ readyToStream, status });
  if (outcome === "other") return ignored("the video is neither ready nor in error");
  if (typeof uid !== "string" || uid === "") return unrecognised("payload.uid: the body names no video");
  return event({
    type: "VideoProcessed",
    video: uid,
    ready: outcome === "ready",
    createdAt: normaliseTime(created),
    // -1 while it isn't known.
    durationSeconds: duration !== null && duration >= 0 ? duration : null,
    hls: textOrNull(playback.hls),
    dash: textOrNull(playback.dash),
    thumbnail: textOrNull(thumbnail),
    error: outcome === "error" ? errorOf(status) : null,
  });
}

function errorOf(status: Video["status"]): { code: string; message: string } {
  const code = status.errorReasonCode || status.errReasonCode || "ERR_UNKNOWN";
  return { code, message: status.errorReasonText || status.errReasonText };
}

function textOrNull(text: string): string | null {
  return text === "" ? null : text;
}
