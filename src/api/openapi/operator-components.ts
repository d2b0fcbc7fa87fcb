import {
  allSessionsAnswer,
  callAnswer,
  countsAnswer,
  effectAnswer,
  effectDetailAnswer,
  effectListAnswer,
  eventAnswer,
  eventDetailAnswer,
  eventListAnswer,
  overviewAnswer,
  overviewChannelAnswer,
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
  { schema: callAnswer, id: "ProviderCall", description: "A call of a provider's API." },
  { schema: retryAnswer, id: "RetryAdvice", description: "Whether an effect can be tried again, and what that does." },
  { schema: allSessionsAnswer, id: "AllSessionsList", description: "One page of the sessions of all channels." },
  { schema: overviewAnswer, id: "Overview", description: "All channels that matter now, and counts." },
  { schema: overviewChannelAnswer, id: "OverviewChannel", description: "A channel with its newest count of viewers." },
  { schema: countsAnswer, id: "OverviewCounts", description: "How many of what." },
];
