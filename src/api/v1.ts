import express, { type Router } from "express";

import type { Api } from "./api.ts";
import { type Authenticate, requirePrincipal } from "./authenticate.ts";
import { getChannel } from "./channels/get-channel.ts";
import { getStatus } from "./channels/get-status.ts";
import { listChannels } from "./channels/list-channels.ts";
import { putChannel } from "./channels/put-channel.ts";
import { requestRecording } from "./channels/request-recording.ts";
import { createRouter, type GuardedRoute } from "./create-router.ts";
import type { FailedKeys } from "./failed-keys.ts";
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
import { getSession } from "./sessions/get-session.ts";
import { listSessions } from "./sessions/list-sessions.ts";

/** The REST API, to be mounted at /v1: whoever calls is authenticated before anything else of a request is looked at. */
export function createV1Router(api: Api, authenticate: Authenticate, failedKeys: FailedKeys): Router {
  const router = express.Router();
  router.use(requirePrincipal(authenticate, failedKeys), readJsonBody, createRouter("/v1", api, routes));
  return router;
}

const routes: readonly GuardedRoute<Api>[] = [
  { method: "get", path: "/channels", scope: "read", handle: listChannels },
  { method: "get", path: "/channels/{name}", scope: "read", handle: getChannel },
  { method: "put", path: "/channels/{name}", scope: "operate", handle: putChannel },
  { method: "get", path: "/channels/{name}/status", scope: "read", handle: getStatus },
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
  { method: "get", path: "/sessions/{id}", scope: "read", handle: getSession },
  { method: "post", path: "/notification-endpoints", scope: "admin", handle: postEndpoint },
  { method: "get", path: "/notification-endpoints", scope: "admin", handle: getEndpoints },
  { method: "get", path: "/notification-endpoints/{id}", scope: "admin", handle: getEndpoint },
  { method: "patch", path: "/notification-endpoints/{id}", scope: "admin", handle: patchEndpoint },
  { method: "delete", path: "/notification-endpoints/{id}", scope: "admin", handle: removeEndpoint },
  { method: "post", path: "/notification-endpoints/{id}/rotate-secret", scope: "admin", handle: postRotation },
  { method: "post", path: "/notification-endpoints/{id}/test", scope: "admin", handle: postTest },
  { method: "get", path: "/notification-endpoints/{id}/deliveries", scope: "admin", handle: getDeliveries },
];
