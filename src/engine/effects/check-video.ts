import { latestSince, type ListedVideo, type ProviderError } from "../../live/index.ts";
import { readVideo } from "../../webhooks/index.ts";
import { type EffectOf, ownError, type Perform, type Performance, type Scene } from "./performance.ts";

/** A session has one video for each time that its picture was gone for longer than a minute; few have two. */
const videosMost = 20;

/** Asks Cloudflare which videos a session's live input has: the webhook may be lost, or not say whose it is. */
export const checkVideo: Perform<"CheckVideo"> = async (scene) => {
  const { effect, state, videos, call, waitForCheckup } = scene;
  const { session, round } = effect;
  const awaited = state.videos?.[session];
  if (awaited === undefined) return failed(scene, ownError("cloudflare", "list_videos", "no video is waited for"));
  await waitForCheckup();
  const answer = await videos.ofLiveInput(awaited.liveInput, call);
  if (!answer.ok) return failed(scene, answer.error, answer);
  const found = answer.videos
    .flatMap((body) => listed(body, awaited.since))
    .sort((a, b) => ((a.createdAt ?? "") < (b.createdAt ?? "") ? -1 : 1));
  return { outcomes: [{ type: "VideosListed", session, round, videos: found.slice(0, videosMost) }], error: null };
};

/** Of this session on: what is older, or has no time to place it by, is nobody's whose video is waited for. */
function listed(body: unknown, since: string): ListedVideo[] {
  const video = readVideo(body);
  if (video?.createdAt == null || latestSince(video.createdAt) < since) return [];
  return [{ ...video, outcome: video.outcome === "other" ? "pending" : video.outcome }];
}

function failed(
  { effect }: Scene<EffectOf<"CheckVideo">>,
  error: ProviderError,
  { notFound = false, retryAfterMs = null }: { notFound?: boolean; retryAfterMs?: number | null } = {},
): Performance {
  const { session, round } = effect;
  return { outcomes: [{ type: "VideoCheckFailed", session, round, notFound, retryAfterMs, error }], error };
}
