import express, { type Router } from "express";

import type { Api } from "./api.ts";
import type { Authentication } from "./auth/authentication.ts";
import { requirePrincipal } from "./auth/require-principal.ts";
import { createStatusToken } from "./channels/create-status-token.ts";
import { getChannel } from "./channels/get-channel.ts";
import { getMetrics } from "./channels/get-metrics.ts";
import { getStatus } from "./channels/get-status.ts";
import { listChannels } from "./channels/list-channels.ts";
import { putChannel } from "./channels/put-channel.ts";
import { requestRecording } from "./channels/request-recording.ts";
import { createRouter, type GuardedRoute } from "./create-router.ts";
import { readJsonBody } from "./json-body.ts";
import { getDeliveries } from "./notifications/deliveries.ts";
import {
  getEndpoint,
  getEndpoints,
  patchEndpoint,
  postEndpoint,
  postRotation,
  postTest,
  removeEndpoint,
} from "./notifications/endpoints.ts";
import { operatorRoutes } from "./operators/routes.ts";
import { getSession } from "./sessions/get-session.ts";
import { getTimeline } from "./sessions/get-timeline.ts";
import { listSessions } from "./sessions/list-sessions.ts";
import { streamStatus } from "./status/stream-status.ts";

/** The REST API, to be mounted at /v1: whoever calls is authenticated before anything else of a request is looked at. */
export function createV1Router(api: Api, authentication: Authentication): Router {
  const router = express.Router();
  router.use(requirePrincipal(authentication), readJsonBody, createRouter("/v1", api, v1Routes, api.traces));
  return router;
}

export const v1Routes: readonly GuardedRoute<Api>[] = [
  { method: "get", path: "/channels", scope: "read", handle: listChannels },
  { method: "get", path: "/channels/{name}", scope: "read", handle: getChannel },
  { method: "put", path: "/channels/{name}", scope: "operate", handle: putChannel },
  { method: "get", path: "/channels/{name}/status", scope: "read", acceptsToken: true, handle: getStatus },
  {
    method: "post",
    path: "/channels/{name}/status-token",
    scope: "read",
    keysOnly: true,
    handle: createStatusToken,
  },
  { method: "get", path: "/channels/{name}/status/stream", scope: "read", acceptsToken: true, handle: streamStatus },
  {
    method: "post",
    path: "/channels/{name}/recording/start",
    scope: "operate",
    handle: requestRecording("StartRequested"),
  },
  {
    method: "post",
    path: "/channels/{name}/recording/stop",
    scope: "operate",
    handle: requestRecording("StopRequested"),
  },
  { method: "get", path: "/channels/{name}/sessions", scope: "read", handle: listSessions },
  { method: "get", path: "/channels/{name}/metrics", scope: "read", handle: getMetrics },
  { method: "get", path: "/sessions/{id}", scope: "read", handle: getSession },
  { method: "get", path: "/sessions/{id}/timeline", scope: "read", keysOnly: true, handle: getTimeline },
  { method: "post", path: "/notification-endpoints", scope: "admin", handle: postEndpoint },
  { method: "get", path: "/notification-endpoints", scope: "admin", handle: getEndpoints },
  { method: "get", path: "/notification-endpoints/{id}", scope: "admin", handle: getEndpoint },
  { method: "patch", path: "/notification-endpoints/{id}", scope: "admin", handle: patchEndpoint },
  { method: "delete", path: "/notification-endpoints/{id}", scope: "admin", handle: removeEndpoint },
  { method: "post", path: "/notification-endpoints/{id}/rotate-secret", scope: "admin", handle: postRotation },
  { method: "post", path: "/notification-endpoints/{id}/test", scope: "admin", handle: postTest },
  { method: "get", path: "/notification-endpoints/{id}/deliveries", scope: "admin", handle: getDeliveries },
  ...operatorRoutes,
];
