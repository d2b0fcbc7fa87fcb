import { z } from "zod";

import type { CallItem } from "../../journal/index.ts";
import type { EntryKind, Lane, Timeline, Tone } from "../../timeline/index.ts";

const time = z.iso.datetime();
const text = z.string();
/** A provider's body, without secrets and cut. */
const body = z.unknown();

const lanes = [
  "host",
  "recorder",
  "rtmp",
  "cloudflare",
  "tally",
  "calls",
  "operator",
] as const satisfies readonly Lane[];
const kinds = ["event", "decision", "call", "deadline", "outcome"] as const satisfies readonly EntryKind[];
const tones = ["good", "bad", "neutral"] as const satisfies readonly Tone[];

export const callAnswer = z.strictObject({
  /** When it left. */
  at: time,
  provider: z.enum(["agora", "cloudflare", "storage"]),
  operation: text,
  method: text,
  /** Ids in it are shortened. */
  path: text,
  /** Where the last attempt went. */
  host: text.nullable(),
  /** Of the effect that it was made for. */
  attempt: z.int().nullable(),
  status: z.int().nullable(),
  code: text.nullable(),
  /** Null: it has not ended, or its process was killed in it. */
  outcome: text.nullable(),
  error: text.nullable(),
  ms: z.int().nullable(),
  requestId: text.nullable(),
  attempts: z.array(z.strictObject({ host: text, ms: z.int(), outcome: z.union([z.int(), text]) })),
  request: body,
  response: body,
}) satisfies z.ZodType<CallItem>;

export const timelineEntryAnswer = z.strictObject({
  at: time,
  kind: z.enum(kinds),
  lane: z.enum(lanes),
  id: text,
  type: text,
  title: text,
  detail: text.nullable(),
  tone: z.enum(tones),
  eventId: z.int().nullable(),
  effectId: z.int().nullable(),
  occurredAt: time.nullable(),
  skewMs: z.int().nullable(),
  status: text.nullable(),
  note: text.nullable(),
  call: callAnswer.nullable(),
  untilAt: time.nullable(),
});

/** Milliseconds between a provider's time and ours. */
const clockGap = z.strictObject({ medianMs: z.int(), mostMs: z.int() });

export const timelineAnswer = z.strictObject({
  sessionId: text,
  channel: text,
  openedAt: time,
  closedAt: time.nullable(),
  endReason: text.nullable(),
  isTruncated: z.boolean(),
  clocks: z.strictObject({ agora: clockGap.nullable(), cloudflare: clockGap.nullable() }),
  entries: z.array(timelineEntryAnswer),
}) satisfies z.ZodType<Timeline>;
