import { describe, expect, test } from "vitest";

import { playEvening } from "./evening.ts";
import type { Act, Plan, Trouble, Ways } from "./plan.ts";

/** Each of these evenings broke a promise once. They were found at random and shrunk; the name says what was wrong. */
const usual: Ways = {
  mode: "cloud-recording",
  refusalTellsSid: false,
  startSeconds: 5,
  reconnectSeconds: null,
  countsAgain: false,
  oldWorkerReports: false,
  reportsProgress: false,
  secondPublisher: "let_in",
};
const join: Act = { after: 0, kind: "join", who: 0 };

const mediaPush = { mode: "media-push" } as const;

const found: { name: string; ways?: Partial<Ways>; script: Act[]; trouble?: Trouble[] }[] = [
  {
    name: "a push that breaks off again and again is mended, though each new try looked like an end of the trouble",
    ways: { reconnectSeconds: 4 },
    script: [join, { after: 9, kind: "live_input_deleted" }, { after: 396, kind: "join", who: 0 }],
  },
  {
    name: "a start without an answer is known by the notification of its failover, if that is the first to come",
    script: [
      join,
      { after: 2, kind: "outage", seconds: 22 },
      { after: 6, kind: "recorder_moves", seconds: 1 },
      { after: 2, kind: "join", who: 0 },
    ],
    trouble: [{ kind: "call", operation: "start", nth: 1, trouble: { how: "late", seconds: 1 } }],
  },
  {
    name: "an upload that reports its progress every minute doesn't hide that no picture leaves the recorder",
    ways: { reportsProgress: true },
    script: [
      join,
      { after: 12, kind: "outage", seconds: 17 },
      { after: 0, kind: "push_drops" },
      { after: 1263, kind: "join", who: 0 },
    ],
  },
  {
    name: "a recorder whose failover was not heard of is known by what its new worker says, and not by the old one's end",
    ways: { oldWorkerReports: true },
    script: [join, { after: 7, kind: "recorder_moves", seconds: 1 }, { after: 1, kind: "outage", seconds: 17 }],
  },
  {
    name: "an end that nobody asked for is asked about: a failover may have left that worker behind",
    ways: { oldWorkerReports: true },
    script: [join, { after: 7, kind: "recorder_moves", seconds: 1 }],
    trouble: [{ kind: "silence", of: "agora", from: 8, seconds: 3, how: "lost" }],
  },
  {
    name: "a stop that was cancelled because its recorder passed for ended is asked for again",
    ways: { oldWorkerReports: true },
    script: [join, { after: 1, kind: "becomes_audience", who: 0 }, { after: 15, kind: "recorder_moves", seconds: 1 }],
  },
  {
    name: "not found, asked while it moves, proves nothing of a recorder whose old worker has reported its end",
    ways: { oldWorkerReports: true },
    script: [join, { after: 12, kind: "push_drops" }, { after: 20, kind: "recorder_moves", seconds: 1 }],
  },
  {
    name: "the recording that a refused start tells of is not taken for another one's",
    ways: { refusalTellsSid: true, oldWorkerReports: true },
    script: [
      join,
      { after: 7, kind: "recorder_moves", seconds: 10 },
      { after: 3, kind: "recorder_dies", silently: false },
    ],
    trouble: [{ kind: "call", operation: "start", nth: 3, trouble: { how: "late", seconds: 11 } }],
  },
  {
    name: "a start is not sent again for a recorder that turned out to run meanwhile",
    ways: { startSeconds: 20 },
    script: [join],
    trouble: [
      { kind: "death", step: 17, seconds: 1 },
      { kind: "call", operation: "getLiveInput", nth: 2, trouble: { how: "slow", seconds: 3 } },
    ],
  },
  {
    name: "a full house after a start without an answer is no reason to start another recorder",
    script: [join],
    trouble: [
      { kind: "call", operation: "start", nth: 1, trouble: { how: "late", seconds: 35 } },
      { kind: "call", operation: "start", nth: 2, trouble: { how: "full" } },
    ],
  },
  {
    name: "a recorder that moves to another machine is waited for, and not replaced because nobody finds it meanwhile",
    ways: { startSeconds: 20 },
    script: [join, { after: 22, kind: "recorder_moves", seconds: 60 }],
  },
  {
    name: "a recorder that was told to push again has its time from when it was told, and not from when that was decided",
    script: [
      join,
      { after: 8, kind: "recorder_moves", seconds: 37 },
      { after: 16, kind: "recorder_moves", seconds: 1 },
      { after: 23, kind: "outage", seconds: 1 },
      { after: 0, kind: "recorder_moves", seconds: 15 },
    ],
  },
  {
    name: "a recorder that could not be stopped, since nobody found it, is stopped as soon as it is heard of again",
    ways: { secondPublisher: "refused" },
    script: [
      join,
      { after: 7, kind: "leave", who: 0 },
      { after: 0, kind: "recorder_moves", seconds: 79 },
      { after: 73, kind: "join", who: 0 },
      { after: 8, kind: "leave", who: 0 },
      { after: 13, kind: "join", who: 0 },
    ],
  },
  {
    name: "a recorder that nobody found for so long that it was taken for dead, and that speaks again, is stopped",
    script: [
      join,
      { after: 9, kind: "recorder_moves", seconds: 24 },
      { after: 24, kind: "outage", seconds: 24 },
      { after: 7, kind: "push_drops" },
      { after: 2, kind: "recorder_moves", seconds: 81 },
    ],
  },
  {
    name: "an end is asked about also if a stop was asked for that nobody has accepted",
    ways: { oldWorkerReports: true },
    script: [
      join,
      { after: 1, kind: "joins_audience", who: 0 },
      { after: 15, kind: "recorder_moves", seconds: 1 },
      { after: 1, kind: "outage", seconds: 19 },
    ],
  },
  {
    name: "a start that is carried out late is not taken for never started, because its repetition was refused",
    ways: { oldWorkerReports: true },
    script: [
      join,
      { after: 0, kind: "leave", who: 0 },
      { after: 0, kind: "join", who: 0 },
      { after: 9, kind: "live_input_deleted" },
      { after: 0, kind: "recorder_moves", seconds: 16 },
    ],
    trouble: [
      { kind: "call", operation: "start", nth: 2, trouble: { how: "late", seconds: 19 } },
      { kind: "death", step: 62, seconds: 1 },
    ],
  },
  {
    name: "a recorder that passed for ended and pushes after all is kept, if nothing else does by then",
    ways: { oldWorkerReports: true, secondPublisher: "refused" },
    script: [
      join,
      { after: 7, kind: "recorder_moves", seconds: 1 },
      { after: 1, kind: "outage", seconds: 19 },
      { after: 65, kind: "join", who: 0 },
    ],
  },
  {
    name: "a converter outlives a start by hand that waits for its host",
    ways: mediaPush,
    script: [{ after: 0, kind: "operator", what: "StartRequested" }],
  },
  {
    name: "a converter whose creation was not answered is found by its name and kept, not stopped",
    ways: mediaPush,
    script: [join],
    trouble: [{ kind: "call", operation: "createConverter", nth: 1, trouble: { how: "late", seconds: 8 } }],
  },
  {
    name: "a converter that is made late, when the one of its name is gone, is stopped",
    ways: mediaPush,
    script: [join, { after: 12, kind: "recorder_dies", silently: false }],
    trouble: [{ kind: "call", operation: "createConverter", nth: 1, trouble: { how: "late", seconds: 11 } }],
  },
  {
    name: "a mode that changes while a start is tried again takes nothing over from the other mode",
    ways: mediaPush,
    script: [join, { after: 5, kind: "mode", mode: "cloud-recording" }],
    trouble: [1, 2].map((nth) => ({
      kind: "call",
      operation: "createConverter",
      nth,
      trouble: { how: "refused" },
    })),
  },
];

describe("evenings that once went wrong", () => {
  test.each(found)("$name", async ({ ways, script, trouble = [] }) => {
    const plan: Plan = { ways: { ...usual, ...ways }, script, trouble };
    expect((await playEvening(plan)).broken).toEqual([]);
  });
});

describe("a process that dies", () => {
  const script: Act[] = [join, { after: 60, kind: "push_drops" }, { after: 90, kind: "leave", who: 0 }];

  test("after any step of an evening leaves it to another, and every promise is kept", async () => {
    let step = 1;
    for (; ; step += 1) {
      const trouble: Trouble[] = [{ kind: "death", step, seconds: 3 }];
      const { broken, service } = await playEvening({ ways: usual, script, trouble });
      expect(broken, `after step ${step}`).toEqual([]);
      if (service.steps < step) break;
    }
    expect(step).toBeGreaterThan(40);
  });

  test("twice, after any two steps, is not lost either", async () => {
    for (let first = 1; first <= 60; first += 1) {
      for (let second = first + 1; second <= first + 12; second += 1) {
        const trouble: Trouble[] = [first, second].map((step) => ({ kind: "death", step, seconds: 20 }));
        const { broken } = await playEvening({ ways: usual, script: [join], trouble });
        expect(broken, `after steps ${first} and ${second}`).toEqual([]);
      }
    }
  });
});
