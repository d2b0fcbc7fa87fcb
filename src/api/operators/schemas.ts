import { z } from "zod";

import type { EffectStatus } from "../../db/index.ts";
import type { EventSource, EventStatus } from "../../eventlog/index.ts";
import type { EffectType } from "../../live/index.ts";
import type {
  ChannelReplayItem,
  EffectItem,
  EventDetail,
  EventItem,
  ReplayItem,
  RetryAdvice,
} from "../../operators/index.ts";
import type { Counts, OverviewChannel } from "../overview/overview.ts";
import {
  channelName,
  pageSize,
  sessionAnswer,
  statusAnswer,
  timeInText,
  wholeNumber,
  wholeNumberInText,
} from "../schemas.ts";

// What requests may hold. A message goes on after the member's name.

const sources = ["agora", "cloudflare", "operator", "tally"] as const satisfies readonly EventSource[];
const eventStatuses = [
  "pending",
  "applied",
  "ignored",
  "unrecognised",
  "failed",
] as const satisfies readonly EventStatus[];
const effectStatuses = ["open", "succeeded", "failed", "cancelled", "dead"] as const satisfies readonly EffectStatus[];

const effectTypes = [
  "EnsureLiveInput",
  "DisableLiveInput",
  "StartRelay",
  "StopRecorder",
  "RepointRecorder",
  "ArrangeHosts",
  "RenewStorage",
  "CheckPresence",
  "CheckRecorder",
  "CheckIngest",
  "CheckVideo",
  "DeleteVideo",
  "CheckPlayback",
] as const satisfies readonly EffectType[];

const id = wholeNumberInText(1, Number.MAX_SAFE_INTEGER);
const before = id.optional().meta({ description: "The `next` of the page before." });

export const eventPath = z.object({ id: id.meta({ description: "An event's id." }) });
export const effectPath = z.object({ id: id.meta({ description: "An effect's id." }) });

/** What chooses events. */
export const eventFilter = {
  since: timeInText().optional().meta({ description: "Received at or after." }),
  until: timeInText().optional().meta({ description: "Received before." }),
  channel: channelName.optional().meta({ description: "Of this channel." }),
  source: oneOf(sources).optional(),
  type: z
    .string("must be text")
    .min(1, "must not be empty")
    .max(100, "must have 100 characters at most")
    .refine((text) => !/\p{Surrogate}|\0/u.test(text), "must have no NUL and no half of a surrogate pair")
    .optional()
    .meta({ description: "The whole type (`rtc.103`), or what follows its last dot (`103`)." }),
  status: oneOf(eventStatuses).optional(),
};

export const eventListQuery = z.object({ ...eventFilter, before, limit: pageSize() });

export const effectListQuery = z.object({
  status: oneOf(effectStatuses).optional(),
  channel: channelName.optional().meta({ description: "Of this channel." }),
  before,
  limit: pageSize(),
});

export const allSessionsQuery = z.object({
  since: timeInText().optional().meta({ description: "Opened at or after." }),
  until: timeInText().optional().meta({ description: "Opened before." }),
  isOpen: z
    .enum(["true", "false"], "must be true or false")
    .transform((text) => text === "true")
    .optional()
    .meta({ description: "Only those that are open, or closed." }),
  before: z
    .string("must be text")
    .regex(/^\d{1,10}-\d{1,10}$/, "must be a session's id such as 42-3")
    .optional()
    .meta({ description: "The `next` of the page before." }),
  limit: pageSize(),
});

/** Events of one replay at most: the newest. */
export const replayMost = 10_000;

const isNamed = "name ids, or at least one member that chooses events";

/** Which events are processed again, and how. */
export const replayRequest = z
  .strictObject(
    {
      ids: z
        .array(wholeNumber(1, Number.MAX_SAFE_INTEGER), "must be a list of ids")
        .min(1, "must name one")
        .max(replayMost)
        .optional(),
      ...eventFilter,
      limit: wholeNumber(1, replayMost).optional(),
      act: z
        .boolean("must be true or false")
        .optional()
        .meta({ description: "Let the new state start what it wants, instead of holding the channel." }),
      ended: z
        .boolean("must be true or false")
        .optional()
        .meta({ description: "With `act`: also where the last broadcast is over." }),
    },
    "the body must be a JSON object",
  )
  .refine(
    ({ act: _act, ended: _ended, ...selection }) => Object.values(selection).some((member) => member !== undefined),
    isNamed,
  );

function oneOf<const Values extends readonly string[]>(values: Values) {
  return z.enum(values, `must be one of ${values.join(", ")}`);
}

// What answers hold.

const time = z.iso.datetime();

export const eventAnswer = z.strictObject({
  id: z.int(),
  source: z.enum(sources),
  type: z.string(),
  description: z.string(),
  status: z.enum(eventStatuses),
  channel: z.string().nullable(),
  occurredAt: time.nullable(),
  receivedAt: time,
  note: z.string().nullable(),
}) satisfies z.ZodType<EventItem>;

export const eventDetailAnswer = eventAnswer.extend({
  dedupeKey: z.string(),
  route: z.strictObject({ kind: z.enum(["channel", "live_input", "converter", "video"]), key: z.string() }).nullable(),
  payload: z.unknown(),
  raw: z.string().nullable(),
  headers: z.record(z.string(), z.string()).nullable(),
  bodySha256: z.string().nullable(),
  appliedAt: time.nullable(),
  appliedVersion: z.int().nullable(),
}) satisfies z.ZodType<EventDetail>;

export const eventListAnswer = z.strictObject({ items: z.array(eventAnswer), next: z.int().nullable() });

export const effectAnswer = z.strictObject({
  id: z.int(),
  type: z.string(),
  description: z.string(),
  channel: z.string(),
  status: z.enum(effectStatuses),
  attempts: z.int().min(0),
  error: z.string().nullable(),
  isPaid: z.boolean(),
  createdAt: time,
  finishedAt: time.nullable(),
}) satisfies z.ZodType<EffectItem>;

export const callAnswer = z.strictObject({
  at: time,
  provider: z.string(),
  operation: z.string(),
  host: z.string().nullable(),
  path: z.string(),
  attempt: z.int().nullable(),
  status: z.int().nullable(),
  code: z.string().nullable(),
  outcome: z.string().nullable(),
  ms: z.number().nullable(),
  request: z.unknown(),
  response: z.unknown(),
});

export const retryAnswer = z.strictObject({
  possible: z.boolean(),
  does: z.string(),
  why: z.string().nullable(),
}) satisfies z.ZodType<RetryAdvice>;

export const effectDetailAnswer = effectAnswer.extend({ calls: z.array(callAnswer), retry: retryAnswer });

export const effectListAnswer = z.strictObject({ items: z.array(effectAnswer), next: z.int().nullable() });

export const allSessionsAnswer = z.strictObject({ items: z.array(sessionAnswer), next: z.string().nullable() });

const count = z.int().min(0);
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const channelReplayAnswer = z.strictObject({
  channel: z.string(),
  before: statusAnswer,
  after: statusAnswer,
  changes: z.array(z.strictObject({ path: z.string(), before: scalar, after: scalar })),
  effects: z.array(z.enum(effectTypes)),
  hold: z.boolean(),
  differs: z.boolean(),
  isEnded: z.boolean(),
}) satisfies z.ZodType<ChannelReplayItem>;

export const replayPlanAnswer = z.strictObject({
  events: count,
  isTruncated: z.boolean(),
  channels: z.array(channelReplayAnswer),
}) satisfies z.ZodType<ReplayItem>;

export const replayAnswer = replayPlanAnswer.extend({ changed: count });

export const overviewChannelAnswer = z.strictObject({
  channel: z.string(),
  channelId: z.int(),
  status: statusAnswer,
  sessionId: z.string().nullable(),
  viewers: z.strictObject({ agora: count.nullable(), hls: count.nullable(), at: time }).nullable(),
}) satisfies z.ZodType<OverviewChannel>;

export const countsAnswer = z.strictObject({
  onAir: count,
  open: count,
  pending: count,
  failed: count,
  dead: count,
  oldestPendingSeconds: count.nullable(),
}) satisfies z.ZodType<Counts>;

export const overviewAnswer = z.strictObject({ channels: z.array(overviewChannelAnswer), counts: countsAnswer });
