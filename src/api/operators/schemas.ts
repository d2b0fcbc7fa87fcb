import { z } from "zod";

import type { EffectStatus } from "../../db/index.ts";
import type { EventSource, EventStatus } from "../../eventlog/index.ts";
import type { CheckReport, EffectItem, EventDetail, EventItem, RetryAdvice } from "../../operators/index.ts";
import type { Counts, OverviewChannel } from "../overview/overview.ts";
import type { Refusals } from "../overview/read-overview.ts";
import { channelName, pageSize, timeInText, wholeNumberInText } from "../schemas.ts";
import { sessionAnswer } from "../sessions/schemas.ts";
import { callAnswer } from "../sessions/timeline-schemas.ts";
import { statusAnswer } from "../status-schema.ts";
import { time } from "../time-schema.ts";

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

const id = wholeNumberInText(1, Number.MAX_SAFE_INTEGER);
const before = id.optional().meta({ description: "The `next` of the page before." });

export const eventPath = z.object({ id: id.meta({ description: "An event's id." }) });
export const effectPath = z.object({ id: id.meta({ description: "An effect's id." }) });

/** What chooses events. */
export const eventFilter = {
  since: timeInText().optional().meta({ description: "Received at or after." }),
  until: timeInText().optional().meta({ description: "Received before." }),
  channel: channelName.optional().meta({ description: "Of this channel." }),
  source: oneOf(sources).optional().describe("From there."),
  type: z
    .string("must be text")
    .min(1, "must not be empty")
    .max(100, "must have 100 characters at most")
    .refine((text) => !/\p{Surrogate}|\0/u.test(text), "must have no NUL and no half of a surrogate pair")
    .optional()
    .meta({ description: "The whole type (`rtc.103`), or what follows its last dot (`103`)." }),
  status: oneOf(eventStatuses).optional().describe("With this status."),
};

export const eventListQuery = z.object({ ...eventFilter, before, limit: pageSize() });

export const effectListQuery = z.object({
  status: oneOf(effectStatuses).optional().describe("With this status."),
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

function oneOf<const Values extends readonly string[]>(values: Values) {
  return z.enum(values, `must be one of ${values.join(", ")}`);
}

// What answers hold.

export const eventAnswer = z.strictObject({
  id: z.int().describe("Its number; a later event has a higher one."),
  source: z.enum(sources).describe("Who sent it, or asked for it; `tally` decided it."),
  type: z.string().describe("What happened, such as `rtc.103`."),
  description: z.string().describe("What that means, in a few words."),
  status: z.enum(eventStatuses).describe("What became of it."),
  channel: z.string().nullable().describe("The channel's name; null if it belongs to none."),
  occurredAt: time.nullable().describe("When it happened, by the sender's clock."),
  receivedAt: time.describe("When it came in, by ours."),
  note: z.string().nullable().describe("Why it was not applied, or what it reveals beside."),
}) satisfies z.ZodType<EventItem>;

export const eventDetailAnswer = eventAnswer.extend({
  dedupeKey: z.string().describe("What makes two deliveries the same event."),
  route: z
    .strictObject({
      kind: z.enum(["channel", "live_input", "converter", "video"]).describe("What names the channel."),
      key: z.string().describe("The name."),
    })
    .nullable()
    .describe("By which it found its channel."),
  payload: z.unknown().describe("The body, without any secret; null beside `raw`."),
  raw: z.string().nullable().describe("The body as text, if it was no JSON."),
  headers: z.record(z.string(), z.string()).nullable().describe("The headers that are kept."),
  bodySha256: z.string().nullable().describe("Of the body as it came."),
  appliedAt: time.nullable().describe("When it was folded."),
  appliedVersion: z.int().nullable().describe("The version of the channel that it was folded into."),
  erasedAt: time
    .nullable()
    .describe("When a person was erased from it, so that its body is not what came any more. Null: nobody was."),
  traceId: z.string().nullable().describe("Of its trace, if traces are on: what came of it is found by this."),
}) satisfies z.ZodType<EventDetail>;

const nextId = z.int().nullable().describe("The next page's `before`; null: this is the last.");

export const eventListAnswer = z.strictObject({
  items: z.array(eventAnswer).describe("The newest first."),
  next: nextId,
});

export const effectAnswer = z.strictObject({
  id: z.int().describe("Its number; a later effect has a higher one."),
  type: z.string().describe("What is owed, such as `StartRelay`."),
  description: z.string().describe("What that asks of a provider, in a few words."),
  channel: z.string().describe("The channel's name."),
  status: z.enum(effectStatuses).describe("How it stands; `dead` was given up and waits for a person."),
  attempts: z.int().min(0).describe("Tries so far."),
  error: z.string().nullable().describe("What the last try failed with."),
  isPaid: z.boolean().describe("Its call begins something that costs money for as long as it goes on."),
  createdAt: time.describe("When it was decided."),
  finishedAt: time.nullable().describe("When it was over."),
}) satisfies z.ZodType<EffectItem>;

export const retryAnswer = z.strictObject({
  possible: z.boolean().describe("Whether it can be tried again now."),
  does: z.string().describe("What that comes to."),
  why: z.string().nullable().describe("Why it is not possible; null if it is."),
}) satisfies z.ZodType<RetryAdvice>;

export const effectDetailAnswer = effectAnswer.extend({
  calls: z.array(callAnswer).describe("The calls that were made for it, the oldest first."),
  retry: retryAnswer.describe("What trying it again would do."),
});

export const effectListAnswer = z.strictObject({
  items: z.array(effectAnswer).describe("The newest first."),
  next: nextId,
});

export const allSessionsAnswer = z.strictObject({
  items: z.array(sessionAnswer).describe("Those first that were opened last."),
  next: z.string().nullable().describe("The next page's `before`; null: this is the last."),
});

const count = z.int().min(0);

export const checkAnswer = z.strictObject({
  channel: z.string().describe("The channel's name."),
  answers: z
    .array(
      z.strictObject({
        about: z.enum(["host", "recorder", "picture"]).describe("What was asked about."),
        resourceId: z.string().nullable().describe("Of the recorder that was asked about, else null."),
        answer: z.string().nullable().describe("What the provider said, in words; null: nothing yet."),
      }),
    )
    .describe("Each question that was asked."),
  isComplete: z.boolean().describe("Whether all of it is answered."),
  next: z.string().describe("What follows from it, in words."),
}) satisfies z.ZodType<CheckReport>;

export const doubtAnswer = z.strictObject({
  code: z.enum(["recorder_not_found", "host_unknown", "picture_unknown"]).describe("What isn't known. Stable."),
  message: z.string().describe("The same in words."),
  since: time.describe("Since when."),
  askedAgainAt: time.nullable().describe("When the provider is asked again; null: it is being asked."),
});

export const overviewChannelAnswer = z.strictObject({
  channel: z.string().describe("The channel's name."),
  channelId: z.int().describe("The channel's number."),
  status: statusAnswer.describe("As of `GET …/status`."),
  sessionId: z.string().nullable().describe("Its newest session, open or not."),
  doubt: doubtAnswer
    .nullable()
    .describe("What of it isn't known now, though the status says what was heard last; null: nothing."),
  viewers: z
    .strictObject({
      agora: count.nullable().describe("In the app; null: nobody could count."),
      hls: count.nullable().describe("Players at Cloudflare; null: nobody could count."),
      at: time.describe("When they were counted."),
    })
    .nullable()
    .describe("The open session's newest count; null: there is none."),
  unheeded: z
    .strictObject({
      count: count.describe("How many."),
      eventId: z.int().describe("The newest one's number in the log."),
      status: z.enum(["ignored", "unrecognised", "failed"]).describe("What became of it."),
      description: z.string().describe("What its type means."),
      note: z.string().nullable().describe("Why nothing followed from it."),
      receivedAt: time.describe("When it came."),
    })
    .nullable()
    .describe("Agora's notices since its last session that nothing followed from; null: none, or a session is open."),
}) satisfies z.ZodType<OverviewChannel>;

export const refusalsAnswer = z.strictObject({
  sender: z.string().describe("Whose deliveries they are, or are made to look like."),
  path: z.string().describe("Where they came to, such as `/webhooks/agora`."),
  why: z.string().describe("Why they were refused."),
  count: count.describe("How many."),
  firstAt: time.describe("When the first of them came."),
  lastAt: time.describe("When the last of them came."),
  isAlarming: z
    .boolean()
    .describe(
      "Likely a provider's own, refused for a wrong setting that isn't mended; else over, or strangers' noise.",
    ),
  todo: z.string().describe("What to do about it."),
  afterwards: z
    .strictObject({
      state: z
        .enum(["nothing", "others", "restart", "accepted"])
        .describe(
          "`accepted`: deliveries there are accepted again, so that it is no alarm. `restart`: every process was " +
            "started since, and nothing came there from then on. `others`: others there were accepted between them, " +
            "so that those accepted since say nothing. `nothing`: nothing says that it is mended.",
        ),
      at: time.nullable().describe("Since when it is so; null for `nothing` and `others`."),
    })
    .describe("What came after the last of them."),
}) satisfies z.ZodType<Refusals>;

export const countsAnswer = z.strictObject({
  onAir: count.describe("Channels that are live."),
  open: count.describe("Channels with an open session."),
  pending: count.describe("Events that wait to be folded into their channel."),
  failed: count.describe("Events that broke our code."),
  dead: count.describe("Effects that wait for a person."),
  oldestPendingSeconds: count.nullable().describe("How long the oldest of `pending` waits; null: none does."),
  refusals: z
    .array(refusalsAnswer)
    .describe(
      "Webhooks' deliveries that were refused in the last hour, by address and reason: the alarming ones first.",
    ),
}) satisfies z.ZodType<Counts>;

export const overviewAnswer = z.strictObject({
  channels: z.array(overviewChannelAnswer).describe("With an open session, or changed in the last 12 hours."),
  counts: countsAnswer.describe("How many of what."),
});

/** Which of them it is, the event's name says. */
export const overviewEventAnswer = z.union([overviewAnswer, overviewChannelAnswer, countsAnswer]);
