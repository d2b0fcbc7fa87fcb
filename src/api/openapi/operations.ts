import { z } from "zod";

import { metricsAnswer, metricsQuery } from "../metrics-schemas.ts";
import {
  channelAnswer,
  channelListAnswer,
  channelListQuery,
  channelPath,
  figuresAnswer,
  healthAnswer,
  noMembers,
  openApiAnswer,
  readinessAnswer,
  registration,
  statusTokenAnswer,
} from "../schemas.ts";
import { sessionAnswer, sessionListAnswer, sessionListQuery, sessionPath } from "../sessions/schemas.ts";
import { timelineAnswer } from "../sessions/timeline-schemas.ts";
import { statusAnswer } from "../status-schema.ts";
import { notificationOperations } from "./notification-operations.ts";
import type { Operation } from "./operation.ts";
import { operatorOperations } from "./operator-operations.ts";

/** The description of every route that is for callers of the API, by its method and path. */
export const operations: Readonly<Record<string, Operation>> = {
  "get /v1/channels/{name}/status": {
    operationId: "getStatus",
    tag: "Status",
    summary: "Read a channel's status",
    description: "Ask again with `If-None-Match`: as long as nothing has changed the answer is 304, without a body.",
    path: channelPath,
    headers: z.object({ "If-None-Match": z.string().optional().meta({ description: "The `ETag` of what you have." }) }),
    answers: {
      200: {
        description: "The status.",
        schema: statusAnswer,
        headers: { ETag: "The status's version, in quotes." },
      },
      304: { description: "You have it already.", headers: { ETag: "The status's version, in quotes." } },
    },
    problems: ["channel_unknown"],
  },
  "get /v1/channels/{name}/status/stream": {
    operationId: "streamStatus",
    tag: "Status",
    summary: "Follow a channel's status",
    description:
      "Server-sent events: the status as it is now, and whenever it changes. Each event's data is a whole status and its id " +
      "the version; versions in between may be left out. The stream ends with the token, or after an hour: connect again.",
    path: channelPath,
    headers: z.object({ "Last-Event-ID": z.string().optional().meta({ description: "The version that you have." }) }),
    answers: { 200: { description: "The stream.", schema: statusAnswer, type: "text/event-stream" } },
    problems: ["channel_unknown", "too_many_streams"],
  },
  "post /v1/channels/{name}/status-token": {
    operationId: "createStatusToken",
    tag: "Status",
    summary: "Get a token that reads one channel's status",
    description: "For a browser, which must not have a key. Good for 15 minutes.",
    path: channelPath,
    body: noMembers,
    answers: { 200: { description: "The token.", schema: statusTokenAnswer } },
    problems: ["channel_unknown"],
  },
  "post /v1/channels/{name}/recording/start": recording("start", {
    summary: "Start by hand",
    description: "Without a host it waits for one for some minutes. However often it is asked for, it starts once.",
  }),
  "post /v1/channels/{name}/recording/stop": recording("stop", {
    summary: "Stop by hand",
    description: "The channel is held until the host joins the next time, or a start is asked for.",
  }),
  "get /v1/channels": {
    operationId: "listChannels",
    tag: "Channels",
    summary: "List channels by name",
    query: channelListQuery,
    answers: { 200: { description: "One page.", schema: channelListAnswer } },
  },
  "get /v1/channels/{name}": {
    operationId: "getChannel",
    tag: "Channels",
    summary: "Read a channel",
    path: channelPath,
    answers: { 200: { description: "The channel.", schema: channelAnswer } },
    problems: ["channel_unknown"],
  },
  "put /v1/channels/{name}": {
    operationId: "putChannel",
    tag: "Channels",
    summary: "Register a channel, or change how it is registered",
    description: "Events that came for it in the last hour are its own from now on.",
    path: channelPath,
    body: registration,
    answers: {
      200: { description: "It was known before.", schema: channelAnswer },
      201: { description: "It is new.", schema: channelAnswer },
    },
    problems: ["channel_unknown", "channel_id_taken", "channel_id_mismatch"],
  },
  "get /v1/channels/{name}/sessions": {
    operationId: "listSessions",
    tag: "Sessions",
    summary: "List a channel's sessions, newest first",
    path: channelPath,
    query: sessionListQuery,
    answers: { 200: { description: "One page.", schema: sessionListAnswer } },
    problems: ["channel_unknown"],
  },
  "get /v1/channels/{name}/metrics": {
    operationId: "getMetrics",
    tag: "Sessions",
    summary: "Read how many watched a channel, step by step",
    description: "By itself of the newest session, or of the last hour. 2,000 points at most.",
    path: channelPath,
    query: metricsQuery,
    answers: { 200: { description: "The points.", schema: metricsAnswer } },
    problems: ["channel_unknown"],
  },
  "get /v1/sessions/{id}": {
    operationId: "getSession",
    tag: "Sessions",
    summary: "Read a session",
    path: sessionPath,
    answers: { 200: { description: "The session.", schema: sessionAnswer } },
    problems: ["session_unknown"],
  },
  "get /v1/sessions/{id}/timeline": {
    operationId: "getTimeline",
    tag: "Sessions",
    summary: "Read what happened in a session, and why",
    description:
      "Webhooks of both providers, Tally's decisions with their reasons, the calls that these led to and what came of them, " +
      "and what was waited for: in the order in which it happened, 5,000 entries at most. For people: titles may change.",
    path: sessionPath,
    answers: { 200: { description: "The timeline.", schema: timelineAnswer } },
    problems: ["session_unknown"],
  },
  ...notificationOperations,
  ...operatorOperations,
  "get /healthz": {
    operationId: "getHealth",
    tag: "Service",
    summary: "Is the process up?",
    answers: { 200: { description: "It is.", schema: healthAnswer } },
  },
  "get /readyz": {
    operationId: "getReadiness",
    tag: "Service",
    summary: "Can the process do its work?",
    answers: {
      200: { description: "It can.", schema: readinessAnswer },
      503: { description: "It can't.", schema: readinessAnswer },
    },
  },
  "get /metrics": {
    operationId: "getFigures",
    tag: "Service",
    summary: "Figures for Prometheus",
    description: "Of this process and, by names that begin with `tally_db_`, of the database.",
    answers: { 200: { description: "In Prometheus's text format.", schema: figuresAnswer, type: "text/plain" } },
  },
  "get /openapi.json": {
    operationId: "getOpenApi",
    tag: "Service",
    summary: "This document",
    answers: { 200: { description: "OpenAPI 3.1.", schema: openApiAnswer } },
  },
};

function recording(operation: "start" | "stop", words: Pick<Operation, "summary" | "description">): Operation {
  return {
    operationId: `${operation}Recording`,
    tag: "Recording",
    ...words,
    path: channelPath,
    body: noMembers,
    answers: { 202: { description: "Accepted; the status that it led to.", schema: statusAnswer } },
    problems: ["channel_unknown"],
  };
}
