import express, { type Router } from "express";

import type { Api } from "./api.ts";
import { type Authenticate, requirePrincipal } from "./authenticate.ts";
import { getChannel } from "./channels/get-channel.ts";
import { getStatus } from "./channels/get-status.ts";
import { listChannels } from "./channels/list-channels.ts";
import { putChannel } from "./channels/put-channel.ts";
import { requestRecording } from "./channels/request-recording.ts";
import { createRouter, type Route } from "./create-router.ts";
import type { FailedKeys } from "./failed-keys.ts";
import { readJsonBody } from "./json-body.ts";
import { getSession } from "./sessions/get-session.ts";
import { listSessions } from "./sessions/list-sessions.ts";

/** The REST API, to be mounted at /v1: whoever calls is authenticated before anything else of a request is looked at. */
export function createV1Router(api: Api, authenticate: Authenticate, failedKeys: FailedKeys): Router {
  const router = express.Router();
  router.use(requirePrincipal(authenticate, failedKeys), readJsonBody, createRouter("/v1", api, routes));
  return router;
}

const routes: readonly Route<Api>[] = [
  { method: "get", path: "/channels", handle: listChannels },
  { method: "get", path: "/channels/{name}", handle: getChannel },
  { method: "put", path: "/channels/{name}", handle: putChannel },
  { method: "get", path: "/channels/{name}/status", handle: getStatus },
  { method: "post", path: "/channels/{name}/recording/start", handle: requestRecording("StartRequested") },
  { method: "post", path: "/channels/{name}/recording/stop", handle: requestRecording("StopRequested") },
  { method: "get", path: "/channels/{name}/sessions", handle: listSessions },
  { method: "get", path: "/sessions/{id}", handle: getSession },
];
