import createFetchClient from "openapi-fetch";

import { type CallOptions, dataOf, type Query } from "./calls.ts";
import { notificationEndpoints } from "./notification-endpoints.ts";
import type { paths, Registration, Status } from "./openapi.ts";
import { operators } from "./operators.ts";
import { type ClientOptions, createSend } from "./request.ts";
import { type OverviewNews, watchOverview } from "./watch-overview.ts";
import { watchStatus } from "./watch-status.ts";
import type { WatchOptions } from "./watch-stream.ts";

export type TallyClient = ReturnType<typeof createTallyClient>;

/**
 * The API's operations by their names. A call resolves to what the service answers.
 *
 * @throws if the options don't fit together. Each call throws a `TallyProblem` if the service refuses it or fails, an
 * `UnexpectedAnswer` if what answers isn't Tally, and what `fetch` throws if nothing does
 */
export function createTallyClient(options: ClientOptions) {
  const baseUrl = options.baseUrl.replace(/\/+$/, "");
  const send = createSend(options);
  const fetchClient = createFetchClient<paths>({ baseUrl, fetch: send });
  const { GET, PUT, POST } = fetchClient;
  const ofChannel = (name: string) => ({ path: { name } });

  return {
    /** A channel's status, once. */
    getStatus: (channel: string, options: CallOptions = {}) =>
      dataOf(GET("/v1/channels/{name}/status", { ...options, params: ofChannel(channel) })),
    /**
     * A channel's status, now and whenever it changes, until `signal` is aborted. It connects again by itself.
     *
     * @throws {TallyProblem} if the service refuses, and neither another token nor another try would help
     */
    watchStatus: (channel: string, options: WatchOptions = {}): AsyncGenerator<Status, void, undefined> =>
      watchStatus({ baseUrl, send }, channel, options),
    /** A token for a browser that reads this channel's status. Needs a key. */
    createStatusToken: (channel: string, options: CallOptions = {}) =>
      dataOf(POST("/v1/channels/{name}/status-token", { ...options, params: ofChannel(channel) })),
    /** Starts by hand; however often it is asked for, it starts once. Needs a key with the scope `operate`. */
    startRecording: (channel: string, options: CallOptions = {}) =>
      dataOf(POST("/v1/channels/{name}/recording/start", { ...options, params: ofChannel(channel) })),
    /** Stops by hand, and holds the channel until the host joins the next time. Needs the scope `operate`. */
    stopRecording: (channel: string, options: CallOptions = {}) =>
      dataOf(POST("/v1/channels/{name}/recording/stop", { ...options, params: ofChannel(channel) })),
    /** A page of channels, by name; `next` is the next page's `after`. */
    listChannels: (query: Query<"listChannels"> = {}, options: CallOptions = {}) =>
      dataOf(GET("/v1/channels", { ...options, params: { query } })),
    /** How a channel is registered, and the essence of its status. */
    getChannel: (channel: string, options: CallOptions = {}) =>
      dataOf(GET("/v1/channels/{name}", { ...options, params: ofChannel(channel) })),
    /** Registers a channel, or changes how it is registered. Needs a key with the scope `operate`. */
    putChannel: (channel: string, registration: Registration = {}, options: CallOptions = {}) =>
      dataOf(PUT("/v1/channels/{name}", { ...options, params: ofChannel(channel), body: registration })),
    /** A page of a channel's sessions, newest first; `next` is the next page's `after`. */
    listSessions: (channel: string, query: Query<"listSessions"> = {}, options: CallOptions = {}) =>
      dataOf(GET("/v1/channels/{name}/sessions", { ...options, params: { ...ofChannel(channel), query } })),
    /** How many watched a channel, step by step; by itself of its newest session. */
    getMetrics: (channel: string, query: Query<"getMetrics"> = {}, options: CallOptions = {}) =>
      dataOf(GET("/v1/channels/{name}/metrics", { ...options, params: { ...ofChannel(channel), query } })),
    /** A session by its id, such as `42-3`. */
    getSession: (id: string, options: CallOptions = {}) =>
      dataOf(GET("/v1/sessions/{id}", { ...options, params: { path: { id } } })),
    /** What happened in a session and why, for people. Needs a key. */
    getTimeline: (id: string, options: CallOptions = {}) =>
      dataOf(GET("/v1/sessions/{id}/timeline", { ...options, params: { path: { id } } })),
    /**
     * All channels that matter now, and what changes, until `signal` is aborted. It connects again by itself. Needs a key.
     *
     * @throws {TallyProblem} if the service refuses, and no other try would help
     */
    watchOverview: (options: WatchOptions = {}): AsyncGenerator<OverviewNews, void, undefined> =>
      watchOverview({ baseUrl, send }, options),
    ...notificationEndpoints(fetchClient),
    ...operators(fetchClient),
  };
}
