import { channelReplayAnswer, replayAnswer, replayPlanAnswer, replayRequest } from "../operators/replay-schemas.ts";
import {
  allSessionsAnswer,
  checkAnswer,
  countsAnswer,
  doubtAnswer,
  effectAnswer,
  effectDetailAnswer,
  effectListAnswer,
  eventAnswer,
  eventDetailAnswer,
  eventListAnswer,
  overviewAnswer,
  overviewChannelAnswer,
  overviewEventAnswer,
  refusalsAnswer,
  retryAnswer,
} from "../operators/schemas.ts";
import type { Component } from "./components.ts";

/** What answers to operators hold. */
export const operatorAnswers: readonly Component[] = [
  { schema: eventAnswer, id: "Event", description: "What came in, was decided or was asked for." },
  { schema: eventDetailAnswer, id: "EventDetail", description: "An event with its body, without any secret." },
  { schema: eventListAnswer, id: "EventList", description: "One page of the log." },
  { schema: effectAnswer, id: "Effect", description: "Something that is owed to a provider, and what came of it." },
  { schema: effectDetailAnswer, id: "EffectDetail", description: "An effect with its calls." },
  { schema: effectListAnswer, id: "EffectList", description: "One page of effects." },
  { schema: retryAnswer, id: "RetryAdvice", description: "Whether an effect can be tried again, and what that does." },
  { schema: allSessionsAnswer, id: "AllSessionsList", description: "One page of the sessions of all channels." },
  {
    schema: overviewEventAnswer,
    id: "OverviewEvent",
    description: "The data of one event of the stream, by its name.",
  },
  { schema: overviewAnswer, id: "Overview", description: "All channels that matter now, and counts." },
  { schema: overviewChannelAnswer, id: "OverviewChannel", description: "A channel with its newest count of viewers." },
  { schema: doubtAnswer, id: "Doubt", description: "What of a channel isn't known now." },
  { schema: checkAnswer, id: "Check", description: "What the providers were asked about a channel, and said." },
  { schema: countsAnswer, id: "OverviewCounts", description: "How many of what." },
  { schema: refusalsAnswer, id: "Refusals", description: "Deliveries that were refused for one reason." },
  {
    schema: channelReplayAnswer,
    id: "ChannelReplay",
    description: "A channel before and after, and what it would call.",
  },
  { schema: replayPlanAnswer, id: "ReplayPlan", description: "What processing events again would change." },
  { schema: replayAnswer, id: "Replay", description: "What processing events again has changed." },
];

/** What requests of operators hold. */
export const operatorRequests: readonly Component[] = [
  {
    schema: replayRequest,
    id: "ReplayRequest",
    description: "Which events, by id or by what they have in common.",
    examples: [
      { channel: "channel_42", since: "2026-03-14T20:00:00Z" },
      { ids: [1234, 1235], act: true },
    ],
  },
];
