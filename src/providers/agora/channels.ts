import { z } from "zod";

import type { CallError } from "../call-error.ts";
import type { CallOptions } from "../provider-call.ts";
import type { AgoraTransport } from "./transport.ts";

/** Who is in a channel, by Agora's own count. */
export interface ChannelUsers {
  channelExists: boolean;
  /** Everybody publishes: the channel is used in the communication profile. */
  communication: boolean;
  /** Uids that publish; in the communication profile, all. */
  broadcasters: number[];
  /** Null in the communication profile, which has no audience. */
  audienceTotal: number | null;
}

export type ChannelUsersResult =
  ({ ok: true } & ChannelUsers) | { ok: false; retryAfterMs: number | null; error: CallError };

export interface AgoraChannels {
  /** Asks who is in a channel. A channel that nobody is in does not exist, and that is an answer. */
  users(channel: string, options?: CallOptions): Promise<ChannelUsersResult>;
}

/** Agora docs: channel-management-api/endpoints/query-channel-information/query-user-list. */
export function createAgoraChannels({ appId }: { appId: string }, transport: AgoraTransport): AgoraChannels {
  return {
    async users(channel, options) {
      const answer = await transport.call(
        {
          operation: "channel_users",
          method: "GET",
          path: ["dev", "v1", "channel", "user", appId, channel],
          expects: channelUsersSchema,
        },
        options,
      );
      if (answer.ok) return { ok: true, ...answer.body };
      return { ok: false, retryAfterMs: answer.retryAfterMs, error: answer.error };
    },
  };
}

const uids = z.array(z.int().nonnegative());

/**
 * Strict where a slip would cost a broadcast: a channel that exists without a list of its publishers is an answer that
 * we don't understand, not an empty channel.
 */
const channelUsersSchema: z.ZodType<ChannelUsers> = z
  .object({
    success: z.literal(true),
    data: z.union([
      z.object({ channel_exist: z.literal(false) }).transform(() => absent),
      z.object({ channel_exist: z.literal(true), mode: z.literal(1), users: uids }).transform(({ users }) => ({
        channelExists: true,
        communication: true,
        broadcasters: users,
        audienceTotal: null,
      })),
      z
        .object({
          channel_exist: z.literal(true),
          mode: z.literal(2),
          broadcasters: uids,
          audience_total: z.int().nonnegative().nullable().catch(null),
        })
        .transform(({ broadcasters, audience_total }) => ({
          channelExists: true,
          communication: false,
          broadcasters,
          audienceTotal: audience_total,
        })),
    ]),
  })
  .transform(({ data }) => data);

const absent: ChannelUsers = { channelExists: false, communication: false, broadcasters: [], audienceTotal: 0 };
