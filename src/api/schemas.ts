import { z } from "zod";

import type { Cost } from "../cost/index.ts";
import { isChannelName } from "../eventlog/index.ts";
import {
  type EndReason,
  type HoldReason,
  type ReasonCode,
  type RelayMode,
  type RtmpStatus,
  type Status,
} from "../live/index.ts";
import type { VideoAnswer } from "../playback/index.ts";
import { problemCodes } from "./problem.ts";

// What requests may hold. A message goes on after the member's name.

export const channelName = z
  .string("must be text")
  .refine(
    isChannelName,
    "must be 1 to 64 letters, digits, spaces or any of !#$%&()+-:;<=.>?@[]^_{}|~, (and not . or ..)",
  )
  .meta({ minLength: 1, maxLength: 64, description: "A channel's name, as at Agora." });

export const channelPath = z.object({ name: channelName });

const relayModes = ["cloud-recording", "media-push"] as const satisfies readonly RelayMode[];

export const sessionPath = z.object({ id: z.string().meta({ description: "A session's id, such as 42-3." }) });
/** The app's id of a seller. */
export const hostUserId = z
  .string("must be text, or null")
  .min(1, "must not be empty; null clears it")
  .max(200, "must have 200 characters at most")
  .refine((text) => !/\p{Surrogate}|\0/u.test(text), "must have no NUL and no half of a surrogate pair");

/** Null clears, a missing member stays as it is. */
export const registration = z.strictObject(
  {
    /** By itself Tally counts from 1,000,000,000, so that its ids and the app's never meet. */
    id: wholeNumber(1, 900_000_000).optional(),
    hostUserId: hostUserId.nullable().optional(),
    /** Agora's uids have 32 bits; 0 lets Agora choose, so that it is nobody's. */
    hostUid: wholeNumber(1, 0xffff_ffff).nullable().optional(),
    relayMode: z
      .enum(relayModes, `must be ${relayModes.join(" or ")}, or null`)
      .nullable()
      .optional(),
  },
  "the body must be a JSON object",
);

/** Of a request that says everything by its address. */
export const noMembers = z.strictObject({}, "the body must be empty or a JSON object without members");

/** Of a list; `after` is the `next` of the page before. */
export const channelListQuery = z.object({
  active: z
    .enum(["true", "false"], "must be true or false")
    .transform((text) => text === "true")
    .optional()
    .meta({ description: "Only channels with, or without, an open session." }),
  after: channelName.optional().meta({ description: "The `next` of the page before." }),
  limit: pageSize(),
});

export const sessionListQuery = z.object({
  after: wholeNumberInText(1, 0x7fff_ffff).optional().meta({ description: "The `next` of the page before." }),
  limit: pageSize(),
});

export function pageSize() {
  return wholeNumberInText(1, 1000).default(100).meta({ description: "Items of a page." });
}

export function wholeNumberInText(least: number, most: number) {
  return z.coerce
    .number<string>(wholeNumberRule(least, most))
    .pipe(wholeNumber(least, most))
    .meta({ type: "integer", minimum: least, maximum: most });
}

export function timeInText() {
  return z.iso
    .datetime({ offset: true, error: "must be a time in ISO 8601 such as 2026-03-14T20:00:00Z" })
    .transform((text) => new Date(text));
}

export function wholeNumber(least: number, most: number) {
  const rule = wholeNumberRule(least, most);
  return z.int({ error: rule, abort: true }).min(least, rule).max(most, rule);
}

function wholeNumberRule(least: number, most: number): string {
  return `must be a whole number from ${least} to ${most}`;
}

// What answers hold.

const time = z.iso.datetime();
const explained = z.strictObject({ code: z.string(), message: z.string() });
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

export const reasonCode = z.enum(reasonCodes);
export const reasonAnswer = z.strictObject({ code: reasonCode, message: z.string() });
export const relayMode = z.enum(relayModes);

export const statusAnswer = z.strictObject({
  channel: z.string(),
  channelId: z.int(),
  state: z.enum(["idle", "starting", "recording", "stopping", "stopped", "error"]),
  isRecording: z.boolean(),
  live: z.boolean(),
  playable: z.boolean(),
  reason: reasonAnswer.nullable(),
  hold: z.strictObject({ reason: z.enum(holdReasons) }).nullable(),
  host: z.strictObject({ present: z.boolean(), since: time.nullable() }),
  relay: z.strictObject({
    mode: relayMode,
    state: z.enum(["none", "requested", "starting", "running", "stopping"]),
    rtmp: z.enum(rtmpStatuses).nullable(),
  }),
  ingest: z.strictObject({
    state: z.enum(["unknown", "connected", "disconnected", "errored"]),
    since: time.nullable(),
    error: explained.nullable(),
  }),
  playback: z.strictObject({ hls: z.url(), dash: z.url(), iframe: z.url() }).nullable(),
  sessionId: z.string().nullable(),
  startedAt: time.nullable(),
  liveAt: time.nullable(),
  playableAt: time.nullable(),
  stoppedAt: time.nullable(),
  version: z.int().min(0),
  updatedAt: time,
}) satisfies z.ZodType<Status>;

export const channelAnswer = z.strictObject({
  id: z.int(),
  name: z.string(),
  hostUserId: z.string().nullable(),
  hostUid: z.int().nullable(),
  /** Null: the service's default. */
  relayMode: relayMode.nullable(),
  createdAt: time,
  status: statusAnswer.pick({
    state: true,
    isRecording: true,
    live: true,
    reason: true,
    hold: true,
    sessionId: true,
    version: true,
    updatedAt: true,
  }),
});
export type ChannelAnswer = z.infer<typeof channelAnswer>;

export const statusTokenAnswer = z.strictObject({ token: z.string(), expiresAt: time });

const endReasons = [
  "host_left",
  "no_host",
  "operator_stop",
  "max_duration",
  "gave_up",
  "replay",
] as const satisfies readonly EndReason[];

const costPart = z.strictObject({ seconds: z.number().min(0), amount: z.number().min(0) });

export const videoAnswer = z.strictObject({
  uid: z.string(),
  ready: z.boolean(),
  readyAt: time.nullable(),
  hls: z.string().nullable(),
  dash: z.string().nullable(),
  thumbnail: z.string().nullable(),
  durationSeconds: z.number().nullable(),
  error: explained.nullable(),
  deletedAt: time.nullable(),
}) satisfies z.ZodType<VideoAnswer>;

export const costAnswer = z.strictObject({
  currency: z.literal("USD"),
  amount: z.number().min(0),
  asOf: z.iso.date(),
  resolution: z.enum(["HD", "FHD"]),
  agora: z.strictObject({ cloudRecording: costPart, mediaPush: costPart }),
  cloudflare: z.strictObject({ storedMonth: costPart }),
}) satisfies z.ZodType<Cost>;

export const sessionAnswer = z.strictObject({
  id: z.string(),
  channel: z.string(),
  channelId: z.int(),
  number: z.int(),
  cause: z.enum(["host", "manual"]),
  openedAt: time,
  liveAt: time.nullable(),
  closedAt: time.nullable(),
  endReason: z.enum(endReasons).nullable(),
  recordedSeconds: z.number().min(0),
  recordedSecondsWithoutHost: z.number().min(0),
  cost: costAnswer,
  recordingSids: z.array(z.string()),
  files: z.array(z.string()),
  upload: z.enum(["storage", "backup"]).nullable(),
  /** The longest that can be watched, else the newest. */
  video: videoAnswer.nullable(),
  /** All of them, the oldest first. */
  videos: z.array(videoAnswer),
});
export type SessionAnswer = z.infer<typeof sessionAnswer>;

export const channelListAnswer = z.strictObject({ items: z.array(channelAnswer), next: z.string().nullable() });
export const sessionListAnswer = z.strictObject({ items: z.array(sessionAnswer), next: z.int().nullable() });

export const problemCode = z.enum(problemCodes);

export const problemAnswer = z.strictObject({
  type: z.literal("about:blank"),
  title: z.string(),
  status: z.int(),
  code: problemCode,
  detail: z.string(),
  errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
  requestId: z.string().optional(),
});

export const healthAnswer = z.strictObject({ status: z.literal("ok") });
export const readinessAnswer = z.strictObject({
  status: z.enum(["ready", "unready"]),
  checks: z.strictObject({
    database: z.enum(["ok", "unreachable"]),
    schema: z.enum(["ok", "mismatched", "unknown"]),
    worker: z.enum(["ok", "stopped"]),
  }),
});

export const openApiAnswer = z.looseObject({ openapi: z.string() });
