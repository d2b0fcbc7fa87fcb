import type { ChannelRow } from "../../db/index.ts";
import { findChannels } from "../channels/list-channels.ts";
import { findChannel, findChannelById, reached, statusOf } from "../channels/read-channel.ts";
import { acceptRequest } from "../channels/request-recording.ts";
import { readInput } from "../read-input.ts";
import { channelListAnswer, channelListQuery } from "../schemas.ts";
import { statusAnswer } from "../status-schema.ts";
import { followStatus } from "./follow-status.ts";
import { type ChannelInput, readChannelInput, readPageInput, readWatchInput } from "./inputs.ts";
import { type Context, guarded, router } from "./procedures.ts";

const status = guarded({ scope: "read", acceptsToken: true });
const read = guarded({ scope: "read" });
const operate = guarded({ scope: "operate" });

export const appRouter = router({
  recording: router({
    /** By hand; however often it is asked for, it starts once. */
    start: operate
      .input(readChannelInput)
      .output(statusAnswer)
      .mutation(async ({ ctx, input }) =>
        acceptRequest(ctx.api, await channelOf(ctx, input), "StartRequested", ctx.principal.name),
      ),
    stop: operate
      .input(readChannelInput)
      .output(statusAnswer)
      .mutation(async ({ ctx, input }) =>
        acceptRequest(ctx.api, await channelOf(ctx, input), "StopRequested", ctx.principal.name),
      ),
    status: status
      .input(readChannelInput)
      .output(statusAnswer)
      .query(async ({ ctx, input }) => statusOf(await channelOf(ctx, input), ctx.api)),
    /** The status, and every newer one; a client that comes back goes on after what it had. */
    onStatus: status.input(readWatchInput).subscription(async function* ({ ctx, input, signal }) {
      yield* followStatus(ctx, await channelOf(ctx, input), input.lastEventId, signal);
    }),
    /** Channels with an open session, by name. */
    listActive: read
      .input(readPageInput)
      .output(channelListAnswer)
      .query(({ ctx, input = {} }) =>
        findChannels(ctx.api, ctx.principal, readInput(channelListQuery, { ...input, active: "true" })),
      ),
  }),
});

async function channelOf({ api, principal }: Context, input: ChannelInput): Promise<ChannelRow> {
  if ("channelId" in input) return reached(await findChannelById(api, input.channelId), principal, input.channelId);
  return reached(await findChannel(api, input.channel), principal, input.channel);
}
