import { describe, expect, test } from "vitest";

import { Story } from "./story.ts";
import {
  connected,
  disconnected,
  errored,
  goesLive,
  hostJoined,
  hostLeft,
  liveInputReady,
  recorderEnded,
  startFailed,
} from "./words.ts";

/** What was told, in order; of a problem, which. */
const told = (story: Story): string[] =>
  story.log.flatMap(({ event }) => {
    if (event.type !== "Announced") return [];
    return [event.notification === "recording.failed" ? event.problem : event.notification];
  });

describe("of a broadcast", () => {
  test("its start is told once, and its end with its closing", () => {
    const story = goesLive(new Story());
    expect(told(story)).toEqual(["live.started", "live.playable"]);
    story.hears(hostJoined(1)).hears(connected(9));
    expect(told(story)).toHaveLength(2);
    story.hears(hostLeft(2, { after: 60 })).passes(16);
    expect(told(story)).toHaveLength(2);
    story.hears(recorderEnded("sid-1", { sequence: 2 }));
    expect(told(story)).toEqual(["live.started", "live.playable", "live.ended"]);
  });

  test("that was never live nothing is told", () => {
    const story = new Story()
      .hears(hostJoined(1))
      .hears(liveInputReady)
      .hears(hostLeft(2, { after: 3 }))
      .passes(300);
    expect(story.decisions()).toContain("SessionClosed");
    expect(told(story)).toEqual([]);
  });

  test("a picture that is missing for longer than ten seconds is told once, and that it is back", () => {
    const story = goesLive(new Story());
    story.hears(disconnected(20)).passes(9);
    expect(told(story)).toHaveLength(2);
    story.passes(1);
    expect(told(story).at(-1)).toBe("live.degraded");
    story.passes(5).hears(connected(36));
    expect(told(story).slice(2)).toEqual(["live.degraded", "live.playable"]);
  });

  test("a short drop is not told, nor that its host is away", () => {
    const story = goesLive(new Story());
    story.hears(disconnected(20)).passes(8).hears(connected(28)).passes(60);
    story
      .hears(hostLeft(2, { after: 90 }))
      .passes(12)
      .hears(hostJoined(3, { after: 102 }));
    expect(told(story)).toEqual(["live.started", "live.playable"]);
  });
});

describe("a problem", () => {
  const fails = (story: Story, attempt: number) => story.hears(startFailed({ attempt }));

  test("is told from the third failed start on, and again when no more is tried", () => {
    const story = new Story().hears(hostJoined(1)).hears(liveInputReady);
    fails(story, 1).passes(2);
    fails(story, 2).passes(4);
    expect(told(story)).toEqual([]);
    fails(story, 3);
    expect(told(story)).toEqual(["not_starting"]);
    for (const [attempt, seconds] of [
      [4, 30],
      [5, 60],
      [6, 120],
      [7, 240],
    ] as const) {
      story.passes(seconds);
      fails(story, attempt);
    }
    expect(story.status.state).toBe("error");
    expect(told(story)).toEqual(["not_starting", "gave_up"]);
  });

  test("that is over and comes back is told again", () => {
    const story = goesLive(new Story());
    story.hears(errored(20, "ERR_GOP_OUT_OF_RANGE")).passes(30);
    story.hears(connected(60)).hears(errored(90, "ERR_GOP_OUT_OF_RANGE"));
    expect(told(story).filter((what) => what === "ingest_refused")).toHaveLength(2);
  });
});

test("a state of a version that told nothing goes on, and of a session that it closed nothing is told", () => {
  const story = goesLive(new Story());
  const { announced: _, ...old } = story.state;
  story.state = { ...old, session: old.session === null ? null : { ...old.session, closedAt: story.now } };
  const before = told(story).length;
  story.hears(connected(30));
  expect(told(story)).toHaveLength(before);
});
