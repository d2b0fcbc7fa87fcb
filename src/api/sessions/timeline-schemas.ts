import { z } from "zod";

import type { CallItem } from "../../journal/index.ts";
import type { EntryKind, Lane, Timeline, Tone } from "../../timeline/index.ts";

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

const text = (description: string) => z.string().meta({ description });
const textOrNull = (description: string) => z.string().nullable().meta({ description });
const time = (description: string) => z.iso.datetime().meta({ description });
const timeOrNull = (description: string) => z.iso.datetime().nullable().meta({ description });
const whole = (description: string) => z.int().meta({ description });
const wholeOrNull = (description: string) => z.int().nullable().meta({ description });

const exchange = z.strictObject({
  host: text("Where it went."),
  ms: whole("How long it took, milliseconds."),
  outcome: z.union([z.int(), z.string()]).meta({ description: "The HTTP status, or how no answer came." }),
});

export const callAnswer = z.strictObject({
  at: time("When it left."),
  provider: z.enum(["agora", "cloudflare", "storage"]).meta({ description: "Who was called." }),
  operation: text("What was asked for."),
  method: text("The HTTP method."),
  path: text("Where to; ids in it are shortened."),
  host: textOrNull("Where the last attempt went; null until it has ended."),
  attempt: wholeOrNull("Which try of its effect it was part of."),
  status: wholeOrNull("The HTTP status; null if no answer came."),
  code: textOrNull("The provider's own code, if it gave one."),
  outcome: textOrNull("What it meant; null: it has not ended, or its process was killed in it."),
  error: textOrNull("What went wrong, in words."),
  ms: wholeOrNull("How long it took, milliseconds."),
  requestId: textOrNull("By which the provider's support finds it."),
  attempts: z.array(exchange).meta({ description: "Each exchange, if there were several." }),
  request: z
    .unknown()
    .meta({ description: "The body that was sent, without secrets and cut; null if there was none." }),
  response: z.unknown().meta({ description: "The body that came back, likewise." }),
}) satisfies z.ZodType<CallItem>;

export const timelineEntryAnswer = z.strictObject({
  at: time("When we learnt it; of a call, when it left."),
  kind: z.enum(kinds).meta({
    description:
      "`event`: somebody told us; `decision`: what Tally made of it; `outcome`: what came of that; `deadline`: what was waited for.",
  }),
  lane: z.enum(lanes).meta({ description: "What it is about." }),
  id: text("Unique in the timeline."),
  type: text("Of an event as in the log: `rtc.103`, `SessionOpened`."),
  title: text("What happened, and of a decision why."),
  detail: textOrNull("More of it."),
  tone: z.enum(tones).meta({ description: "Whether it was good." }),
  eventId: wholeOrNull("The event in the log."),
  effectId: wholeOrNull("The effect that a decision led to, or a call was made for."),
  occurredAt: timeOrNull("When it happened, by the provider's clock."),
  skewMs: wholeOrNull("How much later than that it came, by our clock, milliseconds."),
  status: textOrNull("Of an event: what became of it in the log."),
  note: textOrNull("Of an event: why it taught nothing, or what it revealed."),
  call: callAnswer.nullable().meta({ description: "The call, of a call." }),
  untilAt: timeOrNull("The end of what was waited for, at the latest."),
});

const gap = z.strictObject({
  medianMs: whole("Half of them came later, milliseconds."),
  mostMs: whole("The latest, milliseconds."),
});

const clocks = z.strictObject({
  agora: gap.nullable().meta({ description: "Of Agora; null if nothing of it says when it happened." }),
  cloudflare: gap.nullable().meta({ description: "Of Cloudflare, likewise." }),
});

export const timelineAnswer = z.strictObject({
  sessionId: text("The session."),
  channel: text("Its channel's name."),
  openedAt: time("When it was opened."),
  closedAt: timeOrNull("When it was closed; null while it is open."),
  endReason: textOrNull("Why it ended."),
  isTruncated: z.boolean().meta({ description: "There was more than is told." }),
  keptFrom: timeOrNull("Its events up to then are not kept any more; null: all are there."),
  clocks: clocks.meta({ description: "How much later than its own time a provider's word came, by our clock." }),
  entries: z.array(timelineEntryAnswer).meta({ description: "In the order in which it happened." }),
}) satisfies z.ZodType<Timeline>;
