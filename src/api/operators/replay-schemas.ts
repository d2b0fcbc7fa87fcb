import { z } from "zod";

import type { EffectType } from "../../live/index.ts";
import type { ChannelReplayItem, ReplayItem } from "../../operators/index.ts";
import { wholeNumber } from "../schemas.ts";
import { statusAnswer } from "../status-schema.ts";
import { time } from "../time-schema.ts";
import { eventFilter } from "./schemas.ts";

// What requests may hold. A message goes on after the member's name.

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
        .optional()
        .describe("These events; with other members, those of them that fit."),
      ...eventFilter,
      limit: wholeNumber(1, replayMost).optional().describe("At most so many, the newest; 10,000 by itself."),
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

// What answers hold.

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

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const change = z.strictObject({
  path: z.string().describe("A member of the status, such as `host.present`, or what else it is about, in words."),
  before: scalar.describe("As it is; null: not there."),
  after: scalar.describe("As it would be; null: not there."),
});

export const channelReplayAnswer = z.strictObject({
  channel: z.string().describe("The channel's name."),
  before: statusAnswer.describe("Its status as it is."),
  after: statusAnswer.describe("Its status as it would be."),
  leadsTo: statusAnswer.describe("What it would come to at once, by what the channel then decides: such as starting."),
  isPaid: z.boolean().describe("A recorder would come of them, now or next, which costs for as long as it runs."),
  changes: z.array(change).describe("What people see differ; of its sessions, the first that do."),
  sessions: z.int().min(0).describe("How many of its sessions are otherwise than stored."),
  effects: z.array(z.enum(effectTypes)).describe("Calls that the new state asks for and the old one did not."),
  does: z.array(z.string()).describe("The same in words, in the same order: what it would have us do."),
  hold: z.boolean().describe("It is held, because one of them would start something."),
  lifted: z.boolean().describe("The hold of an earlier replay is lifted, because it keeps the new state from nothing."),
  differs: z.boolean().describe("Anything differs, be it in details or in what the log says of an event."),
  isEnded: z.boolean().describe("Its last broadcast is over, as things are."),
  keptFrom: time
    .nullable()
    .describe("Events received up to then are not kept any more, and are not read again. Null: all are kept."),
}) satisfies z.ZodType<ChannelReplayItem>;

const count = z.int().min(0);

export const replayPlanAnswer = z.strictObject({
  events: count.describe("How many are processed again."),
  isTruncated: z.boolean().describe("There may be more that fit: these are the newest."),
  channels: z.array(channelReplayAnswer).describe("Those that the events belong to."),
}) satisfies z.ZodType<ReplayItem>;

export const replayAnswer = replayPlanAnswer.extend({
  changed: count.describe("Channels in which anything differed."),
});
