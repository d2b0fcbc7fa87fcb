import { channelReplayAnswer, replayAnswer, replayPlanAnswer, replayRequest } from "../operators/replay-schemas.ts";
import {
  allSessionsAnswer,
  allSessionsQuery,
  checkAnswer,
  effectAnswer,
  effectDetailAnswer,
  effectListAnswer,
  effectListQuery,
  effectPath,
  eventDetailAnswer,
  eventListAnswer,
  eventListQuery,
  eventPath,
  overviewEventAnswer,
} from "../operators/schemas.ts";
import { channelPath, noMembers } from "../schemas.ts";
import { sessionAnswer, sessionPath } from "../sessions/schemas.ts";
import { statusAnswer } from "../status-schema.ts";
import type { Operation } from "./operation.ts";

const tag = "Operators";

export const operatorOperations: Readonly<Record<string, Operation>> = {
  "get /v1/events": {
    operationId: "listEvents",
    tag,
    summary: "List what was heard and decided, newest first",
    description: "Give `next` as `before` for the page that follows: what comes in meanwhile moves nothing.",
    query: eventListQuery,
    answers: { 200: { description: "One page.", schema: eventListAnswer } },
  },
  "get /v1/events/{id}": {
    operationId: "getEvent",
    tag,
    summary: "Read one event, with its body",
    path: eventPath,
    answers: { 200: { description: "The event.", schema: eventDetailAnswer } },
    problems: ["event_unknown"],
  },
  "get /v1/effects": {
    operationId: "listEffects",
    tag,
    summary: "List the calls that are owed to providers, were made or were given up, newest first",
    query: effectListQuery,
    answers: { 200: { description: "One page.", schema: effectListAnswer } },
  },
  "get /v1/effects/{id}": {
    operationId: "getEffect",
    tag,
    summary: "Read one of them, with its calls and what trying it again would do",
    path: effectPath,
    answers: { 200: { description: "The effect.", schema: effectDetailAnswer } },
    problems: ["effect_unknown"],
  },
  "post /v1/effects/{id}/retry": {
    operationId: "retryEffect",
    tag,
    summary: "Try one again that was given up",
    description: "If the channel still wants it. A stop or a deletion gets a new effect, with all its tries again.",
    path: effectPath,
    body: noMembers,
    answers: { 202: { description: "It is tried again.", schema: effectAnswer } },
    problems: ["effect_unknown", "effect_not_dead", "effect_not_wanted"],
  },
  "post /v1/effects/{id}/dismiss": {
    operationId: "dismissEffect",
    tag,
    summary: "Put one aside that was given up",
    description: "If nobody wants it any more. It is `failed` then, and waits for no person. No call comes of it.",
    path: effectPath,
    body: noMembers,
    answers: { 200: { description: "It is put aside.", schema: effectAnswer } },
    problems: ["effect_unknown", "effect_not_dead", "effect_still_wanted"],
  },
  "get /v1/sessions": {
    operationId: "listAllSessions",
    tag,
    summary: "List the sessions of all channels, those first that were opened last",
    query: allSessionsQuery,
    answers: { 200: { description: "One page.", schema: allSessionsAnswer } },
  },
  "post /v1/sessions/{id}/stop": {
    operationId: "stopSession",
    tag,
    summary: "Stop a session",
    description: "As a stop of its channel; but if it was closed meanwhile, nothing is done to the session after it.",
    path: sessionPath,
    body: noMembers,
    answers: { 202: { description: "It is asked to end.", schema: sessionAnswer } },
    problems: ["session_unknown", "session_not_open"],
  },
  "post /v1/channels/{name}/release": {
    operationId: "releaseChannel",
    tag,
    summary: "Release a channel's hold",
    description: "It starts again what it should: if a host is there, a recording.",
    path: channelPath,
    body: noMembers,
    answers: { 202: { description: "The status that it led to.", schema: statusAnswer } },
    problems: ["channel_unknown"],
  },
  "post /v1/channels/{name}/check": {
    operationId: "checkChannel",
    tag,
    summary: "Ask both providers how a channel is, now",
    description:
      "Agora: who is in it, and whether its recorders run; Cloudflare: whether the picture arrives. Their answers are acted " +
      "upon as those of a checkup. Answers after 5 seconds at most, with what was said by then.",
    path: channelPath,
    body: noMembers,
    answers: { 202: { description: "What was asked and said.", schema: checkAnswer } },
    problems: ["channel_unknown"],
  },
  "post /v1/channels/{name}/rebuild/plan": {
    operationId: "planRebuild",
    tag,
    summary: "Say what a channel would be by its events",
    description: "Changes nothing.",
    path: channelPath,
    body: noMembers,
    answers: { 200: { description: "What differs.", schema: channelReplayAnswer } },
    problems: ["channel_unknown"],
  },
  "post /v1/channels/{name}/rebuild": {
    operationId: "rebuildChannel",
    tag,
    summary: "Make a channel what it is by its events",
    description: "If the new state would start something at a provider, the channel is held instead.",
    path: channelPath,
    body: noMembers,
    answers: { 200: { description: "What differed.", schema: channelReplayAnswer } },
    problems: ["channel_unknown"],
  },
  "post /v1/replays/plan": {
    operationId: "planReplay",
    tag,
    summary: "Say what processing events again would change, and which calls it would make",
    description: "Changes nothing.",
    body: replayRequest,
    answers: { 200: { description: "The plan.", schema: replayPlanAnswer } },
    problems: ["event_unknown", "replay_too_large"],
  },
  "post /v1/replays": {
    operationId: "replayEvents",
    tag,
    summary: "Process events again",
    description:
      "Each is interpreted again, and its channel folded from its first event on. A channel whose new state would start " +
      "something is held, unless `act` lets it; one whose last broadcast is over needs `ended` too.",
    body: replayRequest,
    answers: { 200: { description: "What it came to.", schema: replayAnswer } },
    problems: ["event_unknown", "replay_too_large"],
  },
  "get /v1/overview/stream": {
    operationId: "streamOverview",
    tag,
    summary: "Follow all channels that matter now",
    description:
      "Server-sent events: `overview`, the channels with an open session or a change in the last 12 hours, and the " +
      "counts; then `channel` and `counts` as they change. The stream ends after an hour: connect again.",
    answers: { 200: { description: "The stream.", schema: overviewEventAnswer, type: "text/event-stream" } },
    problems: ["too_many_streams"],
  },
};
