import fc from "fast-check";
import { expect, test } from "vitest";

import { type FoldRules, foldStored } from "../../src/engine/fold-stored.ts";
import { projectSessions } from "../../src/engine/project-sessions.ts";
import { refoldHistory } from "../../src/engine/refold.ts";
import { Sessions } from "../../src/engine/sessions.ts";
import type { FoldableEvent } from "../../src/eventlog/index.ts";
import { type ChannelState, defaultPolicy, type Entry, initialState } from "../../src/live/index.ts";
import { interpret } from "../../src/webhooks/index.ts";
import { evening } from "./arbitrary.ts";
import { playEvening } from "./evening.ts";
import { channelId } from "./service.ts";

const seed = Number(process.env.FAST_CHECK_SEED ?? 1);
const rules: FoldRules = { policy: defaultPolicy, interpret };

/** What a service stores of an evening: the log with what became of each event, the state and the sessions. */
function stored(entries: readonly Entry[]) {
  let state: ChannelState = initialState(channelId);
  let sessions = new Sessions();
  const log = entries.map(({ at, event }, index): FoldableEvent => {
    const arrived: FoldableEvent = {
      id: index + 1,
      source: "tally",
      type: event.type,
      payload: json(event),
      raw: null,
      receivedAt: new Date(at),
      status: "pending",
      note: null,
      appliedVersion: null,
    };
    const folded = foldStored(state, arrived, rules);
    // Rows go through the database between two events.
    sessions = new Sessions(json(sessions.all()));
    projectSessions(sessions, { at, event, after: folded.after });
    state = folded.after;
    return { ...arrived, status: folded.status, note: folded.note, appliedVersion: folded.folded ? index + 1 : null };
  });
  return { log, state: json(state), sessions: json(sessions.all()) };
}

function json<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}

async function* inOrder<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  for (const item of items) yield await Promise.resolve(item);
}

/** A webhook that nothing can be made of, as it was judged when it came. */
function unrecognised(id: number): FoldableEvent {
  const webhook = { source: "agora", type: "ncs.unknown", payload: { id }, raw: null } as const;
  const meaning = interpret(webhook);
  if (meaning.kind !== "unrecognised") throw new Error("it was to be one that nothing can be made of");
  return { ...webhook, id, receivedAt: new Date(0), status: meaning.kind, note: meaning.note, appliedVersion: null };
}

test("whatever an evening was, folding its log again with the same code changes nothing", async () => {
  let folded = 0;
  await fc.assert(
    fc.asyncProperty(evening, fc.array(fc.nat(200), { maxLength: 3 }), async (plan, places) => {
      const { service } = await playEvening(plan);
      const { log, state, sessions } = stored(service.log);
      expect(state).toEqual(json(service.state));
      const late = new Map(places.map((place, at) => [place === 0 ? null : place, [unrecognised(100_000 + at)]]));
      const refolded = await refoldHistory(
        { channelId, history: inOrder(log), late },
        rules,
        (more) => (folded += more),
      );
      expect(refolded.changed).toEqual([]);
      expect(json(refolded.state)).toEqual(state);
      expect(json(refolded.sessions.all())).toEqual(sessions);
      folded -= log.length;
    }),
    { numRuns: 100, seed },
  );
  expect(folded).toBe(0);
});
