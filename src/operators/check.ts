import { setTimeout as wait } from "node:timers/promises";

import { appendWithin, listEventsAfter, operatorEvent, type Tables } from "../eventlog/index.ts";
import type { Decision, Outcome, Policy } from "../live/index.ts";
import { answerInWords, type Asked, type CheckEvent, nextInWords } from "./check-words.ts";
import { inTransaction, readState } from "./in-transaction.ts";

const lookAgainMs = 250;
/** More questions and answers than one check can bring. */
const eventsMost = 200;

/** What the providers were asked about a channel, and what they said. */
export interface CheckReport {
  channel: string;
  answers: { about: Asked; resourceId: string | null; answer: string | null }[];
  /** Every question that was to be asked has its answer. */
  isComplete: boolean;
  /** What follows from it. */
  next: string;
}

/**
 * Has both providers asked how a channel is, by what checkups ask. Whoever calls this advances the channel afterwards.
 *
 * @param by - who wants it, as lists show them
 * @returns the id of its event, by which `awaitCheck` finds the answers
 */
export function requestCheck(tables: Tables, channel: { id: number; name: string }, by: string): Promise<number> {
  return inTransaction(tables, async (trx) => {
    const [asked] = await appendWithin(trx, tables.schema, [operatorEvent(channel, { type: "CheckRequested" }, by)]);
    if (asked === undefined) throw new Error("the question was not recorded");
    return asked.id;
  });
}

/** Waits until all that was asked is answered, for so long at most. */
export async function awaitCheck(
  tables: Tables,
  channel: { id: number; name: string },
  { after, ms, policy }: { after: number; ms: number; policy: Policy },
): Promise<CheckReport> {
  const until = performance.now() + ms;
  for (;;) {
    const answers = await readAnswers(tables, channel.name, after);
    // Who is in the channel is always asked; of the rest, what there is.
    const isComplete = answers.some(({ about }) => about === "host") && answers.every(({ answer }) => answer !== null);
    if (isComplete || performance.now() >= until) {
      const state = await readState(tables, channel.id);
      return { channel: channel.name, answers, isComplete, next: nextInWords(state, policy, Date.now()) };
    }
    await wait(Math.min(lookAgainMs, Math.max(0, until - performance.now())));
  }
}

const questions: Partial<Record<Decision["type"], Asked>> = {
  PresenceCheckRequested: "host",
  RecorderCheckRequested: "recorder",
  IngestCheckRequested: "picture",
};

async function readAnswers(tables: Tables, channel: string, after: number): Promise<CheckReport["answers"]> {
  const filter = { channel, source: "tally" as const };
  const events = await listEventsAfter(tables, filter, { after, limit: eventsMost });
  // One that is not folded yet has led to nothing.
  const folded = events.filter(({ status }) => status !== "pending");
  const payloads = folded.map(({ payload }) => payload as Decision | Outcome);
  return payloads.flatMap((asked) => {
    const about = questions[asked.type as Decision["type"]];
    if (about === undefined || !("check" in asked)) return [];
    const answer = payloads.filter(isAnswer).find(({ check }) => check === asked.check);
    const resourceId = "resourceId" in asked ? asked.resourceId : null;
    return [{ about, resourceId, answer: answer === undefined ? null : answerInWords(answer, about) }];
  });
}

function isAnswer(event: Decision | Outcome): event is CheckEvent {
  return ["PresenceChecked", "RecorderChecked", "IngestChecked", "CheckFailed"].includes(event.type);
}
