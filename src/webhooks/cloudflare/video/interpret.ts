import { isObject } from "../../fields.ts";
import { event, ignored, type Interpretation, unrecognised } from "../../interpretation.ts";
import { readVideo } from "./read-video.ts";
import { outcomeOf, video } from "./video.ts";

/** What a Stream webhook means: a recording can be watched, or could not be made. */
export function interpretCloudflareVideo(body: unknown): Interpretation {
  if (!isObject(body)) return unrecognised("not a Stream webhook: the body is no JSON object");
  if (outcomeOf(video.parse(body)) === "other") return ignored("the video is neither ready nor in error");
  const read = readVideo(body);
  if (read === null) return unrecognised("payload.uid: the body names no video");
  const { outcome, ...facts } = read;
  return event({ type: "VideoProcessed", ...facts, ready: outcome === "ready" });
}
