import type { Perform } from "./performance.ts";

/** Deletes a video that is older than recordings are to be kept. */
export const deleteVideo: Perform<"DeleteVideo"> = async ({ effect, videos, call, waitForCheckup }) => {
  const { session, video, round } = effect;
  await waitForCheckup();
  const answer = await videos.remove(video, call);
  if (answer.ok) return { outcomes: [{ type: "VideoDeleted", session, video, round }], error: null };
  const { error, retryAfterMs } = answer;
  return { outcomes: [{ type: "VideoDeletionFailed", session, video, round, retryAfterMs, error }], error };
};
