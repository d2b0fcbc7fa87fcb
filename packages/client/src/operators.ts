import { type CallOptions, dataOf, type FetchClient, type Query } from "./calls.ts";
import type { ReplayRequest } from "./openapi.ts";

/** What happened and why, and how it is repaired. Each needs a key; what changes something one with the scope `operate`. */
export function operators({ GET, POST }: FetchClient) {
  const ofChannel = (name: string) => ({ path: { name } });
  const ofId = <Id extends string | number>(id: Id) => ({ path: { id } });

  return {
    /** A page of what was heard and decided, newest first; `next` is the next page's `before`. */
    listEvents: (query: Query<"listEvents"> = {}, options: CallOptions = {}) =>
      dataOf(GET("/v1/events", { ...options, params: { query } })),
    getEvent: (id: number, options: CallOptions = {}) =>
      dataOf(GET("/v1/events/{id}", { ...options, params: ofId(id) })),
    /** A page of calls that are owed to providers, were made or were given up, newest first. */
    listEffects: (query: Query<"listEffects"> = {}, options: CallOptions = {}) =>
      dataOf(GET("/v1/effects", { ...options, params: { query } })),
    /** One of them, with its calls and what trying it again would do. */
    getEffect: (id: number, options: CallOptions = {}) =>
      dataOf(GET("/v1/effects/{id}", { ...options, params: ofId(id) })),
    /** Tries one again that was given up, if the channel still wants it. */
    retryEffect: (id: number, options: CallOptions = {}) =>
      dataOf(POST("/v1/effects/{id}/retry", { ...options, params: ofId(id) })),
    /** Puts one aside that was given up, if nobody wants it any more. */
    dismissEffect: (id: number, options: CallOptions = {}) =>
      dataOf(POST("/v1/effects/{id}/dismiss", { ...options, params: ofId(id) })),
    /** Says what processing events again would change. Changes nothing. */
    planReplay: (request: ReplayRequest, options: CallOptions = {}) =>
      dataOf(POST("/v1/replays/plan", { ...options, body: request })),
    /** Processes events again. */
    replayEvents: (request: ReplayRequest, options: CallOptions = {}) =>
      dataOf(POST("/v1/replays", { ...options, body: request })),
    /** Says what a channel would be by its events. Changes nothing. */
    planRebuild: (channel: string, options: CallOptions = {}) =>
      dataOf(POST("/v1/channels/{name}/rebuild/plan", { ...options, params: ofChannel(channel) })),
    /** Makes a channel what it is by its events. */
    rebuildChannel: (channel: string, options: CallOptions = {}) =>
      dataOf(POST("/v1/channels/{name}/rebuild", { ...options, params: ofChannel(channel) })),
    /** Releases a channel's hold, so that it starts again what it should. */
    releaseChannel: (channel: string, options: CallOptions = {}) =>
      dataOf(POST("/v1/channels/{name}/release", { ...options, params: ofChannel(channel) })),
    /** Has both providers asked how a channel is now, and waits some seconds for what they say. */
    checkChannel: (channel: string, options: CallOptions = {}) =>
      dataOf(POST("/v1/channels/{name}/check", { ...options, params: ofChannel(channel) })),
    /** A page of the sessions of all channels, those first that were opened last. */
    listAllSessions: (query: Query<"listAllSessions"> = {}, options: CallOptions = {}) =>
      dataOf(GET("/v1/sessions", { ...options, params: { query } })),
    /** Stops a session, and never the one after it. */
    stopSession: (id: string, options: CallOptions = {}) =>
      dataOf(POST("/v1/sessions/{id}/stop", { ...options, params: ofId(id) })),
  };
}
