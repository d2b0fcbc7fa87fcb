import type {
  TRPCBuiltRouter,
  TRPCMutationProcedure,
  TRPCQueryProcedure,
  TRPCSubscriptionProcedure,
} from "@trpc/server";

import type { ChannelList, Problem, Status } from "./openapi.ts";

/** A channel by its name or its id. */
export type ChannelInput = { channel: string } | { channelId: number };

/** A client that connects again adds what it had by itself. */
export type WatchInput = ChannelInput & { lastEventId?: string | null | undefined };

export interface PageInput {
  /** The `next` of the page before. */
  after?: string | undefined;
  /** Items of a page: 1 to 1000, 100 if missing. */
  limit?: number | undefined;
}

/** What `TRPCClientError.data` holds; `problem.code` keeps its meaning. */
export interface ErrorData {
  code: string;
  httpStatus: number;
  path: string | undefined;
  problem: Problem;
}

/** The router at `/trpc`, for `createTRPCClient<AppRouter>`. */
export type AppRouter = TRPCBuiltRouter<
  {
    ctx: object;
    meta: object;
    errorShape: { message: string; code: number; data: ErrorData };
    transformer: false;
  },
  {
    recording: {
      /** By hand; however often it is asked for, it starts once. */
      start: TRPCMutationProcedure<{ input: ChannelInput; output: Status; meta: object }>;
      stop: TRPCMutationProcedure<{ input: ChannelInput; output: Status; meta: object }>;
      status: TRPCQueryProcedure<{ input: ChannelInput; output: Status; meta: object }>;
      /** The status, and every newer one, each with its version as id. */
      onStatus: TRPCSubscriptionProcedure<{
        input: WatchInput;
        output: AsyncIterable<{ id: string; data: Status }, void, void>;
        meta: object;
      }>;
      /** Channels with an open session, by name. */
      listActive: TRPCQueryProcedure<{ input: PageInput | undefined; output: ChannelList; meta: object }>;
    };
  }
>;
