import { z } from "zod";

import { parseStep, type RelayHealth, stepRule } from "../metrics/index.ts";
import { timeInText } from "./schemas.ts";

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

const time = z.iso.datetime();
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
  channel: z.string(),
  from: time,
  to: time,
  /** Seconds. */
  step: z.int().min(1),
  items: z.array(
    z.strictObject({
      at: time,
      agoraViewers: viewers,
      hlsViewers: viewers,
      relayHealth: z.enum(relayHealths).nullable(),
    }),
  ),
});
export type MetricsAnswer = z.infer<typeof metricsAnswer>;
