import { z } from "zod";

import type { Cost } from "../../cost/index.ts";
import type { EndReason } from "../../live/index.ts";
import type { VideoAnswer } from "../../playback/index.ts";
import { pageSize, wholeNumberInText } from "../schemas.ts";
import { explained } from "../status-schema.ts";
import { time } from "../time-schema.ts";

export const sessionPath = z.object({ id: z.string().describe("A session's id, such as 42-3.") });

/** Of a list; `after` is the `next` of the page before. */
export const sessionListQuery = z.object({
  after: wholeNumberInText(1, 0x7fff_ffff).optional().describe("The `next` of the page before."),
  limit: pageSize(),
});

// What answers hold.

const endReasons = [
  "host_left",
  "no_host",
  "operator_stop",
  "max_duration",
  "gave_up",
  "replay",
] as const satisfies readonly EndReason[];

const costPart = z.strictObject({
  seconds: z.number().min(0).describe("What is paid for, in seconds."),
  amount: z.number().min(0).describe("What that costs, in USD."),
});

export const costAnswer = z.strictObject({
  currency: z.literal("USD").describe("Of every amount."),
  amount: z.number().min(0).describe("All parts together."),
  asOf: z.iso.date().describe("The date of the prices."),
  resolution: z.enum(["HD", "FHD"]).describe("Agora's class of the picture, by which its prices go."),
  agora: z
    .strictObject({
      cloudRecording: costPart.describe("Recorded by Cloud Recording."),
      mediaPush: costPart.describe("Carried by Media Push."),
    })
    .describe("What Agora takes."),
  cloudflare: z
    .strictObject({ storedMonth: costPart.describe("The videos, stored for a month.") })
    .describe("What Cloudflare takes, without what viewers watch."),
}) satisfies z.ZodType<Cost>;

export const videoAnswer = z.strictObject({
  uid: z.string().describe("Cloudflare's id."),
  ready: z.boolean().describe("It can be watched."),
  readyAt: time.nullable().describe("Since when."),
  hls: z.string().nullable().describe("A manifest for players of HLS; null until it is ready. A signed link ends."),
  dash: z.string().nullable().describe("A manifest for players of DASH."),
  thumbnail: z.string().nullable().describe("A picture of it."),
  durationSeconds: z.number().nullable().describe("Its length in seconds, once it is known."),
  error: explained.nullable().describe("Why it could not be made."),
  deletedAt: time.nullable().describe("When it was deleted at Cloudflare."),
}) satisfies z.ZodType<VideoAnswer>;

export const sessionAnswer = z.strictObject({
  id: z.string().describe("The channel's number and the session's, such as `42-3`."),
  channel: z.string().describe("The channel's name."),
  channelId: z.int().describe("The channel's number."),
  number: z.int().describe("Counts the channel's sessions from 1."),
  cause: z.enum(["host", "manual"]).describe("The host joined, or it was started by hand."),
  openedAt: time.describe("When it began."),
  liveAt: time.nullable().describe("When it was first live."),
  closedAt: time.nullable().describe("When it ended; null while it is open."),
  endReason: z.enum(endReasons).nullable().describe("Why it ended; null until it is to end."),
  recordedSeconds: z.number().min(0).describe("How long recorders ran for it, in seconds."),
  recordedSecondsWithoutHost: z.number().min(0).describe("How many of those seconds nobody broadcast."),
  cost: costAnswer.describe("What it costs, by estimate; of an open session until now."),
  recordingSids: z.array(z.string()).describe("Agora's ids of its recorders."),
  files: z.array(z.string()).describe("What Cloud Recording wrote, by its names in the bucket."),
  upload: z.enum(["storage", "backup"]).nullable().describe("Where those are: the bucket, or Agora's backup for now."),
  video: videoAnswer.nullable().describe("The longest that can be watched, else the newest."),
  videos: z.array(videoAnswer).describe("All of them, the oldest first."),
  drops: z
    .array(
      z.strictObject({
        from: time.describe("When the picture went."),
        to: time.nullable().describe("When it was back, or nobody waited for it any more; null: it is gone now."),
      }),
    )
    .describe("When it was no longer live though its host was there, the oldest first; the newest 100."),
});
export type SessionAnswer = z.infer<typeof sessionAnswer>;

export const sessionListAnswer = z.strictObject({
  items: z.array(sessionAnswer).describe("The newest first."),
  next: z.int().nullable().describe("The next page's `after`; null: this is the last."),
});
