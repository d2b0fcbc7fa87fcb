import type { LiveEvent } from "../../live/index.ts";
import type { Scene } from "../scene.ts";
import type { EntryKind, Told } from "../timeline.ts";
import { decisionWords } from "./decisions.ts";
import { outcomeWords } from "./outcomes.ts";
import { operatorWords, timerWords, webhookWords } from "./told-to-us.ts";

const outcomes: Readonly<Record<string, unknown>> = outcomeWords;
const decisions: Readonly<Record<string, unknown>> = decisionWords;
const words = { ...webhookWords, ...operatorWords, ...timerWords, ...decisionWords, ...outcomeWords };

/** An event in plain words, as of what was known when it came. */
export function tell(event: LiveEvent, scene: Scene): Told {
  const said = words[event.type] as (event: LiveEvent, scene: Scene) => Told;
  return said(event, scene);
}

/** What kind of entry an event is, by its type. */
export function kindOf(type: string): EntryKind {
  return Object.hasOwn(decisions, type) ? "decision" : Object.hasOwn(outcomes, type) ? "outcome" : "event";
}

/** Every event that means something has words: the compiler says which are missing. */
words satisfies Readonly<Record<LiveEvent["type"], unknown>>;
