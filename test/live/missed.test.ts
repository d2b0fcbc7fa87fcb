import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { defaultPolicy, evolve, type LiveEvent } from "../../src/live/index.ts";
import { hear, type Heard } from "../../src/live/sequences.ts";
import { spareUid, Story } from "./story.ts";
import {
  audienceSeen,
  failedOver,
  goesLive,
  hostJoined,
  hostLeft,
  hostUid,
  presenceChecked,
  recorderEnded,
  rtmp,
} from "./words.ts";

/** What is told of an event that is folded now. */
function told(story: Story, event: LiveEvent): { taught: boolean; note: string | null } {
  const { taught, note } = evolve(story.state, { at: story.now, event }, defaultPolicy);
  story.hears(event);
  return { taught, note };
}

describe("a counter's numbers", () => {
  const heardAll = (numbers: readonly number[], countsFromZero: boolean) =>
    numbers.reduce<Heard | undefined>((known, n) => hear(known, n, { countsFromZero }).heard, undefined);

  test("add up to the same in any order and with any repetition", () => {
    const numbers = fc.array(fc.nat(60), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(
        numbers.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        fc.boolean(),
        ([all, shuffled], countsFromZero) => {
          const heard = heardAll(all, countsFromZero);
          expect(heardAll([...shuffled, ...all], countsFromZero)).toEqual(heard);
          const from = countsFromZero ? 0 : Math.min(...all);
          const missed = Math.max(...all) - from + 1 - new Set(all).size;
          expect(heard).toMatchObject({ from, to: Math.max(...all), missed });
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("are counted for good and remembered within bounds, however many are missing", () => {
    const heard = heardAll(
      Array.from({ length: 500 }, (_, i) => i * 3),
      true,
    );
    expect(heard?.missed).toBe(998);
    expect(heard?.missing).toHaveLength(20);
  });

  test.each([NaN, -1, 1.5, 2 ** 60])("%d is no number of a counter", (number) => {
    expect(hear(undefined, number, { countsFromZero: true })).toEqual({ heard: undefined, note: null });
  });
});

describe("a gap in a recorder's sequence", () => {
  test("is noted on the event that reveals it, which counts all the same", () => {
    const story = goesLive(new Story());
    expect(told(story, rtmp("sid-1", "disconnected", { sequence: 5 }))).toEqual({
      taught: true,
      note: "sequence 2-4 not seen",
    });
    expect(story.state.missed).toEqual({ recording: 3, presence: 0 });
    expect(story.status.relay.rtmp).toBe("disconnected");
  });

  test("is closed by what comes late, which says so", () => {
    const story = goesLive(new Story());
    told(story, rtmp("sid-1", "publishing", { sequence: 4 }));
    expect(told(story, rtmp("sid-1", "disconnected", { sequence: 3 }))).toEqual({
      taught: false,
      note: "sequence 3 is not newer than 4; sequence 3 was not seen until now",
    });
    expect(told(story, rtmp("sid-1", "onhold", { sequence: 3 })).note).toBe("sequence 3 is not newer than 4");
    expect(story.state.missed?.recording).toBe(1);
    told(story, rtmp("sid-1", "onhold", { sequence: 2 }));
    expect(story.state.missed?.recording).toBe(0);
  });

  test("is looked for under each uid by itself, and under a failover's only from its first", () => {
    const story = goesLive(new Story());
    expect(told(story, failedOver("sid-1", 777, { sequence: 2 })).note).toBeNull();
    expect(told(story, rtmp("sid-1", "publishing", { uid: 777, sequence: 9 })).note).toBeNull();
    expect(told(story, rtmp("sid-1", "onhold", { uid: 777, sequence: 11 })).note).toBe("sequence 10 not seen");
    expect(told(story, recorderEnded("sid-1", { sequence: 3 })).note).toBeNull();
  });

  test("is not claimed of what came before this version counted", () => {
    const { state } = goesLive(new Story());
    const recorders = Object.fromEntries(
      Object.entries(state.recorders).map(([id, { heard, ...recorder }]) => {
        expect(heard).toBeDefined();
        return [id, recorder];
      }),
    );
    const event = rtmp("sid-1", "onhold", { sequence: 7 });
    const folded = evolve({ ...state, recorders }, { at: 0, event }, defaultPolicy);
    expect(folded).toMatchObject({ taught: true, note: null });
    const next = rtmp("sid-1", "publishing", { sequence: 9 });
    expect(evolve(folded.state, { at: 0, event: next }, defaultPolicy).note).toBe("sequence 8 not seen");
  });

  test("means nothing for recorders that are not ours", () => {
    const note = told(goesLive(new Story()), rtmp("sid-2", "onhold", { uid: spareUid, sequence: 7 })).note;
    expect(note).toMatch(/^no recorder of ours/);
  });
});

describe("a join or leave that was missed", () => {
  const story = (...before: LiveEvent[]) => new Story().hears(...before);

  test.each([
    ["a second join", [hostJoined(10)], hostJoined(30), "the leave before it was not seen"],
    ["a host as audience", [hostJoined(10)], audienceSeen(30), "the leave before it was not seen"],
    ["a leave of a stranger", [], hostLeft(30), "the join before it was not seen"],
    ["a second leave", [hostJoined(10), hostLeft(20)], hostLeft(30), "the join before it was not seen"],
    ["a return as audience", [hostJoined(10), hostLeft(20)], audienceSeen(30), null],
    ["a return", [hostJoined(10), hostLeft(20)], hostJoined(30), null],
    ["a leave", [hostJoined(10)], hostLeft(30), null],
  ])("is seen from %s, which counts all the same", (_name, before, event, note) => {
    const after = story(...before);
    expect(told(after, event)).toEqual({ taught: true, note });
    expect(after.state.missed?.presence ?? 0).toBe(note === null ? 0 : 1);
  });

  test("is taken off when it comes late", () => {
    const late = story(hostJoined(10), hostJoined(30));
    expect(told(late, hostLeft(20))).toEqual({
      taught: false,
      note: "clientSeq 20 is not newer than 30; it is the leave that was not seen",
    });
    expect(told(late, hostLeft(20)).note).toBe("clientSeq 20 is not newer than 30");
    expect(late.state.missed).toEqual({ recording: 0, presence: 0 });
    expect(late.state.host.present).toBe(true);
  });

  test("is not taken off by what came before it, or by another kind", () => {
    const late = story(hostJoined(10), hostJoined(30));
    told(late, hostLeft(5));
    told(late, hostJoined(20));
    expect(late.state.missed?.presence).toBe(1);
  });

  test("is not claimed next to an answer of Agora's, which is no event", () => {
    const asked = story({ type: "PresenceDoubted", why: "outage" }).hears(presenceChecked(1, [hostUid]));
    expect(told(asked, hostJoined(10)).note).toBeNull();
    expect(asked.state.missed).toBeUndefined();
  });
});
