import { z } from "zod";

import { parseStep, type RelayHealth, stepRule } from "../metrics/index.ts";
import { timeInText } from "./schemas.ts";
import { time } from "./time-schema.ts";

export const metricsQuery = z.object({
  from: timeInText().optional().meta({ description: "By itself the newest session's begin." }),
  to: timeInText().optional().meta({ description: "Not part of it. By itself that session's end, or now." }),
  step: z
    .string(`must be ${stepRule}`)
    .transform(parseStep)
    .refine((seconds) => seconds !== null, `must be ${stepRule}`)
    .optional()
    .meta({ description: `Length of a step: ${stepRule}. By itself the shortest with which it fits.` }),
});

const viewers = z.int().min(0).nullable();
const relayHealths = [
  "none",
  "requested",
  "starting",
  "running",
  "connecting",
  "publishing",
  "onhold",
  "disconnected",
  "stopping",
] as const satisfies readonly RelayHealth[];

export const metricsAnswer = z.strictObject({
  channel: z.string().describe("The channel's name."),
  from: time.describe("The begin of the first step."),
  to: time.describe("The end of the last step."),
  step: z.int().min(1).describe("A step's length in seconds."),
  items: z
    .array(
      z.strictObject({
        at: time.describe("The step's begin."),
        agoraViewers: viewers.describe("The audience in the app; null where nobody counted."),
        hlsViewers: viewers.describe("The players at Cloudflare; null where nobody counted."),
        relayHealth: z.enum(relayHealths).nullable().describe("How the relay was at the step's end."),
      }),
    )
    .describe("Steps with a sample, the oldest first; of each the most viewers."),
});
export type MetricsAnswer = z.infer<typeof metricsAnswer>;
