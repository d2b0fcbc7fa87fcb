import { describe, expect, test } from "vitest";

import { darkSince, hostlessSince } from "../../src/live/index.ts";
import { mainUid, spareUid, Story, t0 } from "./story.ts";
import { disconnected, goesLive, hostJoined, hostLeft, liveInputReady, recorderEnded, startFailed } from "./words.ts";

/** In seconds of the story. */
const dark = ({ state }: Story) => secondsOf(darkSince(state));
const hostless = ({ state }: Story) => secondsOf(hostlessSince(state));
const secondsOf = (at: number | null) => (at === null ? null : (at - t0) / 1000);

describe("a host who isn't live", () => {
  test("waits from when she came until she is live", () => {
    const story = new Story().hears(hostJoined(1)).passes(40);
    expect(dark(story)).toBe(0);
    expect(dark(goesLive(new Story()).passes(40))).toBeNull();
  });

  test("waits again from when the picture was lost", () => {
    const story = goesLive(new Story()).passes(60);
    const lostAt = secondsOf(story.now);
    expect(dark(story.hears(disconnected(60)).passes(5))).toBe(lostAt);
  });

  test("waits on however often the start fails, and when it was given up", () => {
    const story = new Story().hears(hostJoined(1)).hears(liveInputReady);
    for (const [i, seconds] of [2, 4, 30, 60, 120, 240, 3600].entries()) {
      const attempt = i + 1;
      story.hears(startFailed({ attempt, uid: attempt % 2 === 1 ? mainUid : spareUid })).passes(seconds);
      expect(dark(story)).toBe(0);
    }
    expect(story.status.hold).toEqual({ reason: "gave_up" });
  });

  test("waits for nothing once somebody stopped it", () => {
    const story = goesLive(new Story()).passes(60).hears({ type: "StopRequested" }).passes(1);
    story.hears(recorderEnded("sid-1", { sequence: 9 })).passes(300);
    expect(story.status).toMatchObject({ live: false, host: { present: true } });
    expect(dark(story)).toBeNull();
  });
});

describe("a recorder without a host", () => {
  test("runs so from when she left, until it has ended", () => {
    const story = goesLive(new Story()).passes(60);
    expect(hostless(story)).toBeNull();
    const leftAt = secondsOf(story.now);
    story.hears(hostLeft(2, { after: 60 })).passes(20);
    expect(hostless(story)).toBe(leftAt);
    expect(dark(story)).toBeNull();
    story.hears(recorderEnded("sid-1", { sequence: 9 }));
    expect(hostless(story)).toBeNull();
  });
});
