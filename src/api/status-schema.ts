import { z } from "zod";

import type { HoldReason, ReasonCode, RelayMode, RtmpStatus, Status } from "../live/index.ts";
import { time } from "./time-schema.ts";

export const relayModes = ["cloud-recording", "media-push"] as const satisfies readonly RelayMode[];
const holdReasons = ["operator_stop", "max_duration", "gave_up", "replay"] as const satisfies readonly HoldReason[];
const rtmpStatuses = ["connecting", "publishing", "onhold", "disconnected"] as const satisfies readonly RtmpStatus[];
const reasonCodes = [
  "recorder_start_failed",
  "live_input_failed",
  "recorder_lost",
  "recorder_stop_failed",
  "capacity",
  "ingest_lost",
  "ingest_codec_unsupported",
  "ingest_error",
  "rtmp_disconnected",
  "not_playable",
  "storage_quota",
  "subscription_missing",
  "host_away",
  "operator_stop",
  "max_duration",
  "replay",
] as const satisfies readonly ReasonCode[];

export const relayMode = z.enum(relayModes);
export const reasonCode = z.enum(reasonCodes);
export const reasonAnswer = z.strictObject({
  code: reasonCode.describe("For programs."),
  message: z.string().describe("For the seller."),
});

/** What a provider says is wrong. */
export const explained = z.strictObject({
  code: z.string().describe("Cloudflare's code."),
  message: z.string().describe("Cloudflare's words, or Tally's."),
});

export const statusAnswer = z.strictObject({
  channel: z.string().describe("The channel's name."),
  channelId: z.int().describe("The channel's number."),
  state: z
    .enum(["idle", "starting", "recording", "stopping", "stopped", "error"])
    .describe("Where the broadcast is. `idle`: there was none yet; `stopped`: the last one is over, or is held."),
  isRecording: z.boolean().describe("A recorder runs."),
  live: z.boolean().describe("On air: the seller is there, a recorder runs, and Cloudflare gets the picture."),
  playable: z.boolean().describe("Viewers can watch: Cloudflare's delivery was asked. Shorter drops leave it so."),
  reason: reasonAnswer.nullable().describe("Why it isn't as the seller wants it; null if it is."),
  hold: z
    .strictObject({ reason: z.enum(holdReasons).describe("Why so.") })
    .nullable()
    .describe("Nothing starts until the host joins the next time, or a start is asked for; null if nothing is held."),
  host: z
    .strictObject({
      present: z.boolean().describe("She broadcasts at Agora."),
      since: time.nullable().describe("When she began; null if she isn't there."),
    })
    .describe("The seller in the app."),
  relay: z
    .strictObject({
      mode: relayMode.describe("What carries the picture."),
      state: z.enum(["none", "requested", "starting", "running", "stopping"]).describe("Where its recorder is."),
      rtmp: z.enum(rtmpStatuses).nullable().describe("Its connection to Cloudflare, if Agora has told."),
    })
    .describe("What carries the picture from Agora to Cloudflare."),
  ingest: z
    .strictObject({
      state: z.enum(["unknown", "connected", "disconnected", "errored"]).describe("Whether the picture arrives."),
      since: time.nullable().describe("When that began."),
      error: explained.nullable().describe("What Cloudflare doesn't like about the picture."),
    })
    .describe("The picture at Cloudflare."),
  playback: z
    .strictObject({
      hls: z.url().describe("A manifest for players of HLS."),
      dash: z.url().describe("A manifest for players of DASH."),
      iframe: z.url().describe("A page with a player, to be embedded."),
    })
    .nullable()
    .describe("Links for viewers, good while the session is open. Signed ones end: read the status again."),
  sessionId: z.string().nullable().describe("The newest session, such as `42-3`; null before the first."),
  startedAt: time.nullable().describe("When that session began."),
  liveAt: time.nullable().describe("When it was first live."),
  playableAt: time.nullable().describe("When viewers could first watch it."),
  stoppedAt: time.nullable().describe("When it ended."),
  version: z.int().min(0).describe("Counts the channel's changes: of two statuses the greater one is newer."),
  updatedAt: time.describe("When the version was made."),
}) satisfies z.ZodType<Status>;
