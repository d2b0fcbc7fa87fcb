import type { z } from "zod";

import { anything, optionalNumber, optionalObject, optionalText } from "../../fields.ts";

/**
 * The video that a Stream webhook is about: the body is the video itself. Docs spell the error's keys in two ways. A
 * `pctComplete` below 100 beside `ready` is normal. Cloudflare docs: stream/manage-video-library/using-webhooks.
 */
export const video = optionalObject({
  uid: anything,
  liveInput: anything,
  readyToStream: anything,
  requireSignedURLs: anything,
  status: optionalObject({
    state: anything,
    errorReasonCode: optionalText,
    errorReasonText: optionalText,
    errReasonCode: optionalText,
    errReasonText: optionalText,
  }),
  created: optionalText,
  modified: optionalText,
  duration: optionalNumber,
  playback: optionalObject({ hls: optionalText, dash: optionalText }),
  thumbnail: optionalText,
});

export type Video = z.infer<typeof video>;

/** What became of the video. An error wins over everything else that the body may say. */
export function outcomeOf({
  readyToStream,
  status,
}: Pick<Video, "readyToStream" | "status">): "ready" | "error" | "other" {
  if (status.state === "error") return "error";
  return readyToStream === true || status.state === "ready" ? "ready" : "other";
}
