import { z } from "zod";

import { announcementTypes, deliveryStatuses, type NotificationType } from "../../notifications/index.ts";
import { pageSize, wholeNumberInText } from "../schemas.ts";
import { time } from "../time-schema.ts";

export const endpointPath = z.object({ id: z.string().meta({ description: "An endpoint's id, such as ep_0k2x…." }) });

// What requests may hold. A message goes on after the member's name.

const events = z
  .array(
    z.enum(announcementTypes, `must be one of ${announcementTypes.join(", ")}`),
    "must be a list of events, or null for all",
  )
  .min(1, "must name an event, or be null for all")
  .nullable()
  .describe("What it is told of. Null: everything.");
const description = z
  .string("must be text, or null")
  .max(500, "must have 500 characters at most")
  .refine((text) => !/\p{Surrogate}|\0/u.test(text), "must have no NUL and no half of a surrogate pair")
  .nullable()
  .describe("For people.");
const url = z.string("must be text").describe("Where notifications are sent, by POST over https.");
const enabled = z.boolean("must be true or false").describe("Whether it is told.");
const object = "the body must be a JSON object";

export const newEndpoint = z.strictObject(
  {
    url,
    events: events.optional(),
    description: description.optional(),
    enabled: enabled.optional().describe("Whether it is told; true if missing."),
  },
  object,
);

/** Null clears, a missing member stays as it is. */
export const endpointChange = z.strictObject(
  {
    url: url.optional(),
    events: events.optional(),
    description: description.optional(),
    enabled: enabled.optional(),
  },
  object,
);

/** Of a list; `after` is the `next` of the page before. */
export const deliveryListQuery = z.object({
  status: z
    .enum(deliveryStatuses, `must be one of ${deliveryStatuses.join(", ")}`)
    .optional()
    .describe("Only deliveries that are so."),
  after: wholeNumberInText(1, Number.MAX_SAFE_INTEGER).optional().describe("The `next` of the page before."),
  limit: pageSize(),
});

// What answers hold.

export const endpointAnswer = z.strictObject({
  id: z.string().describe("Its id, such as `ep_0k2x…`."),
  url: z.url().describe("Where notifications are sent."),
  events: z.array(z.enum(announcementTypes)).nullable().describe("What it is told of. Null: everything."),
  description: z.string().nullable().describe("For people."),
  enabled: z.boolean().describe("Whether it is told."),
  disabledAt: time.nullable().describe("When it was disabled; null while it is enabled."),
  disabledReason: z.string().nullable().describe("Why it was."),
  failingSince: time.nullable().describe("The first failure after the last success."),
  lastDeliveredAt: time.nullable().describe("The last success."),
  previousSecretUntil: time.nullable().describe("Until when the secret before the last rotation signs too."),
  problem: z.string().nullable().describe("What keeps it from being sent to, beside that it is disabled."),
  createdAt: time.describe("When it was made."),
  updatedAt: time.describe("When it was last changed."),
});
export type EndpointAnswer = z.infer<typeof endpointAnswer>;

/** Of a creation and a rotation: the one time that the secret is shown. */
export const endpointSecretAnswer = endpointAnswer.extend({
  secret: z.string().startsWith("whsec_").describe("What its notifications are signed with; not shown again."),
});

export const endpointListAnswer = z.strictObject({ items: z.array(endpointAnswer).describe("The oldest first.") });

export const testAnswer = z.strictObject({ notificationId: z.string().describe("The `webhook-id` of the test.") });

export const deliveryAnswer = z.strictObject({
  notificationId: z.string().describe("As in the header `webhook-id`."),
  type: z
    .enum([...announcementTypes, "tally.test"] as const satisfies readonly NotificationType[])
    .describe("What it tells."),
  channel: z.string().nullable().describe("The channel's name; null of a test."),
  status: z.enum(deliveryStatuses).describe("How far it is."),
  createdAt: time.describe("When there was something to tell."),
  finishedAt: time.nullable().describe("When it was delivered or given up."),
  nextAt: time.nullable().describe("When it is tried next; null if it isn't."),
  attemptCount: z.int().min(0).describe("How often it was tried."),
  attempts: z
    .array(
      z.strictObject({
        at: time.describe("When it was sent."),
        status: z.int().nullable().describe("The answer's HTTP status; null if there was none."),
        ms: z.number().describe("How long it took, in ms."),
        error: z.string().nullable().describe("What went wrong; null if it was delivered."),
      }),
    )
    .describe("The newest of them, the oldest of these first."),
});
export type DeliveryAnswer = z.infer<typeof deliveryAnswer>;

export const deliveryListAnswer = z.strictObject({
  items: z.array(deliveryAnswer).describe("The newest first."),
  next: z.int().nullable().describe("The next page's `after`; null: this is the last."),
});
