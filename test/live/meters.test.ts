import { describe, expect, test } from "vitest";

import type { Meter } from "../../src/live/index.ts";
import { rebuild, spareUid, Story } from "./story.ts";
import {
  acquired,
  goesLive,
  hostJoined,
  hostLeft,
  liveInputReady,
  recorderEnded,
  rtmp,
  startAccepted,
} from "./words.ts";

/** What is counted of a session, in seconds. */
function seconds(story: Story, session: number): Record<string, number> {
  const { state } = story;
  const meter: Meter | undefined = state.session?.number === session ? state.session.meter : state.meters?.[session];
  if (meter === undefined) throw new Error(`nothing is counted of session ${session}`);
  const { withHostMs, withoutHostMs, mediaPushMs = 0 } = meter;
  return { withHost: withHostMs / 1000, withoutHost: withoutHostMs / 1000, mediaPush: mediaPushMs / 1000 };
}

/** The host leaves after a minute and is back when the stop is under way: another session is open. */
function returnsDuringTheStop(): Story {
  const story = goesLive(new Story()).passes(60);
  story.hears(hostLeft(2, { after: 60 })).passes(20);
  return story.hears(hostJoined(3, { after: 80 }));
}

describe("the meter", () => {
  test("counts recorder time with and without a host apart", () => {
    const story = goesLive(new Story()).passes(60);
    story
      .hears(hostLeft(2, { after: 60 }))
      .passes(15)
      .hears(recorderEnded("sid-1", { sequence: 9 }));
    expect(story.state.session?.meter).toMatchObject({ withHostMs: 60_000, withoutHostMs: 15_000 });
  });

  test("an end that comes after the next session was opened is counted for its own", () => {
    const story = returnsDuringTheStop().passes(7);
    expect(story.state.session?.number).toBe(2);
    story.hears(recorderEnded("sid-1", { sequence: 9 })).passes(100);
    story.hears(rtmp("sid-1", "disconnected", { sequence: 8 }));
    expect(seconds(story, 1)).toEqual({ withHost: 67, withoutHost: 20, mediaPush: 0 });
    expect(seconds(story, 2)).toEqual({ withHost: 0, withoutHost: 0, mediaPush: 0 });
  });

  test("recorders of two sessions that run at once are counted each for its own", () => {
    const story = returnsDuringTheStop();
    story.hears(acquired("res-2", { session: 2, uid: spareUid }), startAccepted("res-2", "sid-2")).passes(5);
    story.hears(recorderEnded("sid-1", { sequence: 9 })).passes(30);
    story.hears(rtmp("sid-2", "publishing", { uid: spareUid }));
    expect(seconds(story, 1)).toEqual({ withHost: 65, withoutHost: 20, mediaPush: 0 });
    expect(seconds(story, 2)).toEqual({ withHost: 35, withoutHost: 0, mediaPush: 0 });
    expect(rebuild(story.log)).toEqual(story.state);
  });

  test("two recorders of one session that run at once count twice, as they cost twice", () => {
    const story = goesLive(new Story()).passes(60);
    story.hears(acquired("res-2", { attempt: 2, uid: spareUid }), startAccepted("res-2", "sid-2")).passes(10);
    story.hears(recorderEnded("sid-2", { uid: spareUid, sequence: 9 }));
    expect(seconds(story, 1)).toEqual({ withHost: 80, withoutHost: 0, mediaPush: 0 });
  });

  test("a recorder that passed for ended and turns out to run has run all the time, host or not", () => {
    const story = goesLive(new Story({ stopGraceMs: 200_000 })).passes(60);
    story.hears(recorderEnded("sid-1", { sequence: 4, code: 6 })).passes(40);
    story.hears(hostLeft(2, { after: 100 })).passes(50);
    const check = story.wantedEffects().find(({ type }) => type === "CheckRecorder");
    if (check?.type !== "CheckRecorder") throw new Error("it was not asked about");
    story.hears({ type: "RecorderChecked", check: check.check, resourceId: "res-1", found: "running", rtmp: null });
    expect(seconds(story, 1)).toEqual({ withHost: 100, withoutHost: 50, mediaPush: 0 });
  });

  test("a recorder whose end nobody told counts until it is presumed ended", () => {
    const story = goesLive(new Story({ checkupMs: 0 })).passes(60);
    story.hears({ type: "RecorderPresumedEnded", resourceId: "res-1", check: 0, why: "expired" }).passes(60);
    story.hears(hostLeft(2, { after: 120 }));
    expect(seconds(story, 1)).toEqual({ withHost: 60, withoutHost: 0, mediaPush: 0 });
  });

  test("what was Media Push is known, whatever carries the picture afterwards", () => {
    const story = new Story().hears(hostJoined(1)).hears(liveInputReady);
    story.hears(acquired("res-1", { mode: "media-push" }), startAccepted("res-1", "sid-1")).passes(30);
    story.hears(recorderEnded("sid-1", { sequence: 9 }));
    story.hears(acquired("res-2", { attempt: 2, uid: spareUid }), startAccepted("res-2", "sid-2")).passes(10);
    story.hears(rtmp("sid-2", "publishing", { uid: spareUid }));
    expect(seconds(story, 1)).toEqual({ withHost: 40, withoutHost: 0, mediaPush: 30 });
  });

  test("a session keeps the resolution at which it was opened", () => {
    const story = new Story();
    story.context.resolution = "FHD";
    story.hears(hostJoined(1));
    story.context.resolution = "HD";
    expect(story.passes(60).state.session?.resolution).toBe("FHD");
    expect(rebuild(story.log).session?.resolution).toBe("FHD");
  });
});
