import { z } from "zod";

import { announcementTypes, deliveryStatuses, type NotificationType } from "../../notifications/index.ts";
import { pageSize, wholeNumberInText } from "../schemas.ts";

export const endpointPath = z.object({ id: z.string().meta({ description: "An endpoint's id, such as ep_0k2x…." }) });

// What requests may hold. A message goes on after the member's name.

const events = z
  .array(
    z.enum(announcementTypes, `must be one of ${announcementTypes.join(", ")}`),
    "must be a list of events, or null for all",
  )
  .min(1, "must name an event, or be null for all")
  .nullable();
const description = z
  .string("must be text, or null")
  .max(500, "must have 500 characters at most")
  .refine((text) => !/\p{Surrogate}|\0/u.test(text), "must have no NUL and no half of a surrogate pair")
  .nullable();
const url = z.string("must be text");
const enabled = z.boolean("must be true or false");
const object = "the body must be a JSON object";

export const newEndpoint = z.strictObject(
  { url, events: events.optional(), description: description.optional(), enabled: enabled.optional() },
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
  status: z.enum(deliveryStatuses, `must be one of ${deliveryStatuses.join(", ")}`).optional(),
  after: wholeNumberInText(1, Number.MAX_SAFE_INTEGER).optional(),
  limit: pageSize(),
});

// What answers hold.

const time = z.iso.datetime();

export const endpointAnswer = z.strictObject({
  id: z.string(),
  url: z.url(),
  /** Null: all. */
  events: z.array(z.enum(announcementTypes)).nullable(),
  description: z.string().nullable(),
  enabled: z.boolean(),
  disabledAt: time.nullable(),
  disabledReason: z.string().nullable(),
  /** Since the first failure after the last success. */
  failingSince: time.nullable(),
  lastDeliveredAt: time.nullable(),
  /** Until when the secret before the last rotation signs too. */
  previousSecretUntil: time.nullable(),
  /** What keeps it from being sent to, beside that it is disabled. */
  problem: z.string().nullable(),
  createdAt: time,
  updatedAt: time,
});
export type EndpointAnswer = z.infer<typeof endpointAnswer>;

/** Of a creation and a rotation: the one time that the secret is shown. */
export const endpointSecretAnswer = endpointAnswer.extend({ secret: z.string().startsWith("whsec_") });

export const endpointListAnswer = z.strictObject({ items: z.array(endpointAnswer) });

export const testAnswer = z.strictObject({ notificationId: z.string() });

export const deliveryAnswer = z.strictObject({
  /** As in the header `webhook-id`. */
  notificationId: z.string(),
  type: z.enum([...announcementTypes, "tally.test"] as const satisfies readonly NotificationType[]),
  channel: z.string().nullable(),
  status: z.enum(deliveryStatuses),
  createdAt: time,
  finishedAt: time.nullable(),
  /** When it is tried next; null if it isn't. */
  nextAt: time.nullable(),
  attemptCount: z.int().min(0),
  /** The newest, the oldest of them first. */
  attempts: z.array(
    z.strictObject({
      at: time,
      /** Of the answer; null if there was none. */
      status: z.int().nullable(),
      ms: z.number(),
      error: z.string().nullable(),
    }),
  ),
});
export type DeliveryAnswer = z.infer<typeof deliveryAnswer>;

export const deliveryListAnswer = z.strictObject({ items: z.array(deliveryAnswer), next: z.int().nullable() });
