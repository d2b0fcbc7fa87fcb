import { z } from "zod";

import { isChannelName } from "../eventlog/index.ts";
import { problemCodes } from "./problem.ts";
import { relayMode, relayModes, statusAnswer } from "./status-schema.ts";
import { time } from "./time-schema.ts";

// What requests may hold. A message goes on after the member's name.

export const channelName = z
  .string("must be text")
  .refine(
    isChannelName,
    "must be 1 to 64 letters, digits, spaces or any of !#$%&()+-:;<=.>?@[]^_{}|~, (and not . or ..)",
  )
  .meta({ minLength: 1, maxLength: 64, description: "A channel's name, as at Agora." });

export const channelPath = z.object({ name: channelName });

/** The app's id of a seller. */
export const hostUserId = z
  .string("must be text, or null")
  .min(1, "must not be empty; null clears it")
  .max(200, "must have 200 characters at most")
  .refine((text) => !/\p{Surrogate}|\0/u.test(text), "must have no NUL and no half of a surrogate pair");

/** Null clears, a missing member stays as it is. */
export const registration = z.strictObject(
  {
    id: wholeNumber(1, 900_000_000)
      .optional()
      .describe(
        "The channel's number, for good. By itself Tally counts from 1,000,000,000, so that the two never meet.",
      ),
    hostUserId: hostUserId.nullable().optional().describe("The app's id of the seller: her JWT reads this channel."),
    // Agora's uids have 32 bits; 0 lets Agora choose, so that it is nobody's.
    hostUid: wholeNumber(1, 0xffff_ffff)
      .nullable()
      .optional()
      .describe("The seller's uid at Agora: nobody else makes the channel live. Null: any broadcaster does."),
    relayMode: z
      .enum(relayModes, `must be ${relayModes.join(" or ")}, or null`)
      .nullable()
      .optional()
      .describe("What carries the picture, from the next recorder on. Null: the service's default."),
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

export const channelAnswer = z.strictObject({
  id: z.int().describe("Its number, for good."),
  name: z.string().describe("Its name, as at Agora."),
  hostUserId: z.string().nullable().describe("The app's id of the seller."),
  hostUid: z.int().nullable().describe("The seller's uid at Agora. Null: any broadcaster makes it live."),
  relayMode: relayMode.nullable().describe("What carries the picture. Null: the service's default."),
  createdAt: time.describe("When it became known."),
  status: statusAnswer
    .pick({
      state: true,
      isRecording: true,
      live: true,
      reason: true,
      hold: true,
      sessionId: true,
      version: true,
      updatedAt: true,
    })
    .describe("The essence of its status."),
});
export type ChannelAnswer = z.infer<typeof channelAnswer>;

export const channelListAnswer = z.strictObject({
  items: z.array(channelAnswer).describe("By name."),
  next: z.string().nullable().describe("The next page's `after`; null: this is the last."),
});

export const statusTokenAnswer = z.strictObject({
  token: z.string().describe("A JWT: sent as a key is, or as `?token=`."),
  expiresAt: time.describe("When it is over."),
});

export const problemCode = z.enum(problemCodes);

export const problemAnswer = z.strictObject({
  type: z.literal("about:blank").describe("Always this: `code` tells problems apart."),
  title: z.string().describe("The HTTP status in words."),
  status: z.int().describe("The HTTP status."),
  code: problemCode.describe("What is wrong, for programs."),
  detail: z.string().describe("What is wrong and what to do about it, for people."),
  errors: z
    .array(
      z.strictObject({
        path: z.string().describe("Which part, such as `hostUid`; empty for the whole."),
        message: z.string().describe("What is wrong with it; goes on after the part's name."),
      }),
    )
    .optional()
    .describe("Of `invalid_request`: what is wrong with each part."),
  requestId: z.string().optional().describe("Of `internal_error`: the request's id in the service's log."),
});

export const healthAnswer = z.strictObject({ status: z.literal("ok").describe("Always this: it answers.") });
export const readinessAnswer = z.strictObject({
  status: z.enum(["ready", "unready"]).describe("`ready` if every check is `ok`."),
  checks: z
    .strictObject({
      database: z.enum(["ok", "unreachable"]).describe("Whether it answers."),
      schema: z.enum(["ok", "mismatched", "unknown"]).describe("Whether its migrations are this process's."),
      worker: z.enum(["ok", "stopped"]).describe("Whether jobs are worked off."),
    })
    .describe("What it needs."),
});

export const figuresAnswer = z.string();

export const openApiAnswer = z.looseObject({ openapi: z.string().describe("The version of OpenAPI.") });
