import { z } from "zod";

import type { CallOptions } from "../provider-call.ts";
import type { CloudflareRefusal, CloudflareTransport } from "./transport.ts";

/** What is in a list of videos: as Cloudflare has it, since the webhook of a video is one too and is read elsewhere. */
export type ListVideosResult = { ok: true; videos: unknown[] } | CloudflareRefusal;
export type DeleteVideoResult = { ok: true } | CloudflareRefusal;

export interface Videos {
  /** The videos of a live input, in no certain order. One that is live, or being made, is among them. */
  ofLiveInput(liveInput: string, options?: CallOptions): Promise<ListVideosResult>;
  /** Deletes a video for good. One that doesn't exist is a success: it was deleted before. */
  remove(video: string, options?: CallOptions): Promise<DeleteVideoResult>;
}

/**
 * Cloudflare Stream's videos (Cloudflare docs: stream/stream-live/watch-live-stream, API reference of Stream). Nothing
 * that Cloudflare or the network do throws; see `CloudflareTransport.call` for what does.
 */
export function createVideos(transport: CloudflareTransport): Videos {
  return {
    async ofLiveInput(liveInput, options) {
      const path = ["live_inputs", liveInput, "videos"];
      const answer = await transport.call(
        { operation: "list_videos", method: "GET", path, expects: listSchema },
        options,
      );
      return answer.ok ? { ok: true, videos: answer.result } : answer;
    },

    async remove(video, options) {
      const answer = await transport.call(
        { operation: "delete_video", method: "DELETE", path: [video], expects: z.unknown(), mayBeEmpty: true },
        options,
      );
      return answer.ok || isGone(answer) ? { ok: true } : answer;
    },
  };
}

/** Of these 404s the address is wrong, not the video: no route for the path, or for the account. */
const noRoute: readonly (number | string | null)[] = [null, 7000, 7003];

function isGone({ notFound, error }: CloudflareRefusal): boolean {
  return notFound || (error.status === 404 && !noRoute.includes(error.code));
}

/** The docs have a bare array; other lists of Stream are an object's member. */
const listSchema = z.union([
  z.array(z.unknown()),
  z.object({ videos: z.array(z.unknown()) }).transform(({ videos }) => videos),
]);
