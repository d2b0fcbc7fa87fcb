import { z } from "zod";

import { abnormalEnds, fault } from "../world/index.ts";

/** Bodies of the control calls. Every member is optional unless it says otherwise; an empty body is `{}`. */

export const joinBody = z
  .strictObject({
    platform: z.number().int().min(0).max(8).optional(),
    clientType: z.number().int().min(0).optional(),
    account: z.string().min(1).optional(),
  })
  .refine(({ platform, clientType }) => clientType === undefined || platform === 6, {
    error: 'clientType is only told of platform 6 (Linux): add "platform": 6',
  });

/** Agora docs, RTC events: 1 is a normal leave, 2 a lost connection, … */
export const leaveBody = z.strictObject({ reason: z.number().int().min(0).default(1) });

export const roleBody = z.strictObject({ role: z.enum(["host", "audience"]) });

export const crashBody = z.strictObject({
  cause: z.enum(Object.keys(abnormalEnds) as (keyof typeof abnormalEnds)[]).default("recorder_error"),
  /** Without any notification. */
  silently: z.boolean().default(false),
});

/** A converter has one cause only: Agora's `Internal Error`. */
export const crashConverterBody = z.strictObject({ silently: z.boolean().default(false) });

export const inputErrorBody = z.strictObject({
  code: z.string().min(1),
  message: z.string().default("The live input reported an error."),
  videoCodec: z.string().default(""),
  audioCodec: z.string().default(""),
});

export const crowdBody = z.strictObject({
  viewers: z.number().int().min(1).max(100_000),
  seconds: z.number().min(0).optional(),
  staySeconds: z.number().min(0).optional(),
});

export const viewersBody = z.strictObject({ viewers: z.number().int().min(0) });

/** One fault or a list of them. */
export const faultsBody = z
  .unknown()
  .transform((planned) => [planned].flat())
  .pipe(z.array(fault).min(1, { error: "plan at least one fault" }));

export const nothing = z.strictObject({});
