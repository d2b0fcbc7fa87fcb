import { z } from "zod";

import type { CallOptions } from "../provider-call.ts";
import { type Refused, refused } from "./refused.ts";
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

export type ChannelUsersResult = ({ ok: true } & ChannelUsers) | Refused;

/** Names of a project's channels, as many as a page has. */
export interface ChannelPage {
  names: string[];
  /** Of all pages. */
  total: number;
}

export type ChannelPageResult = ({ ok: true } & ChannelPage) | Refused;

/** Channels on one page of the list: the most that Agora gives (Agora docs: query-channel-list, `page_size`). */
export const channelsPerPage = 500;

export interface AgoraChannels {
  /** Asks who is in a channel. A channel that nobody is in does not exist, and that is an answer. */
  users(channel: string, options?: CallOptions): Promise<ChannelUsersResult>;
  /**
   * Asks which channels somebody is in. While people come and go, a channel may be on two pages or on none.
   *
   * @param page - from 0; a page after the last has no names
   */
  list(page: number, options?: CallOptions): Promise<ChannelPageResult>;
}

/** Agora docs: channel-management-api/endpoints/query-channel-information, query-user-list and query-channel-list. */
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
      return answer.ok ? { ok: true, ...answer.body } : refused(answer);
    },
    async list(page, options) {
      const answer = await transport.call(
        {
          operation: "channel_list",
          method: "GET",
          path: ["dev", "v1", "channel", appId],
          query: { page_no: page, page_size: channelsPerPage },
          expects: channelPageSchema,
        },
        options,
      );
      return answer.ok ? { ok: true, ...answer.body } : refused(answer);
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

/**
 * As strict: an answer without its list is not understood, unless it says that there are no channels. "If the specified
 * page contains no channels, this field is empty" leaves open whether it is there (Agora docs: query-channel-list).
 */
const channelPageSchema: z.ZodType<ChannelPage> = z
  .object({
    success: z.literal(true),
    data: z.union([
      z.object({
        channels: z.array(z.object({ channel_name: z.string().min(1) })),
        total_size: z.int().nonnegative(),
      }),
      z.object({ channels: z.null().optional(), total_size: z.literal(0) }),
    ]),
  })
  .transform(({ data }) => ({
    names: (data.channels ?? []).map((channel) => channel.channel_name),
    total: data.total_size,
  }));
