import { describe, expect, test } from "vitest";

import type { PlaybackChecked } from "../../src/live/index.ts";
import { rebuild, Story, t0 } from "./story.ts";
import {
  acquired,
  connected,
  disconnected,
  goesLive,
  hostJoined,
  hostLeft,
  recorderEnded,
  rtmp,
  startAccepted,
  watchableInputReady,
} from "./words.ts";

const live = () => goesLive(new Story(), watchableInputReady);

/** Answers the question that is on its way. */
function answered(story: Story, playable: boolean | null): Story {
  const check = story.state.playback?.check?.id ?? 0;
  return story.hears({ type: "PlaybackChecked", check, playable } satisfies PlaybackChecked);
}

const playing = () => answered(live().passes(2), true);
const asks = (story: Story) => story.wanted().filter((type) => type === "CheckPlayback").length;

/** Asked at once, whenever it is time, and always answered so. */
function asked(story: Story, seconds: number, playable: boolean | null): number {
  let count = 0;
  for (let second = 0; second < seconds; second += 1) {
    story.passes(1);
    for (let i = asks(story); i > 0; i -= 1) {
      count += 1;
      answered(story, playable);
    }
  }
  return count;
}

describe("from live to playable", () => {
  test("the delivery is asked two seconds after the picture came, and its yes is the last question", () => {
    const story = live();
    expect(story.status).toMatchObject({ live: true, playable: false, playableAt: null, reason: null });
    expect(asks(story.passes(1))).toBe(0);
    expect(asks(story.passes(1))).toBe(1);
    answered(story, false);
    expect(story.status).toMatchObject({ playable: false, reason: null });
    expect(asks(story.passes(2))).toBe(1);
    answered(story, true);
    expect(story.status).toMatchObject({ playable: true, playableAt: new Date(t0 + 4_000).toISOString() });
    expect(asked(story, 250, true)).toBe(0);
  });

  test("the questions become fewer, and after the last planned one the seller is told why nobody can watch", () => {
    const story = live();
    expect(asked(story, 59, false)).toBe(8);
    expect(story.status.reason).toBeNull();
    expect(asked(story, 1, false)).toBe(1);
    expect(story.status).toMatchObject({ live: true, playable: false, reason: { code: "not_playable" } });
    expect(asked(story, 180, false)).toBe(3);
    expect(asked(story, 60, true)).toBe(1);
    expect(story.status).toMatchObject({ playable: true, reason: null });
  });

  test("a delivery that never says anything hides no broadcast", () => {
    const story = live();
    expect(asked(story, 59, null)).toBe(8);
    expect(story.status.playable).toBe(false);
    asked(story, 1, null);
    expect(story.status).toMatchObject({ live: true, playable: true, reason: null });
    expect(asked(story, 200, null)).toBe(0);
  });

  test("after one no, silence is no yes", () => {
    const story = live().passes(2);
    answered(story, false);
    story.wanted();
    asked(story, 120, null);
    expect(story.status).toMatchObject({ playable: false, reason: { code: "not_playable" } });
  });

  test("without a playback host playable is the same as live, and nobody is asked", () => {
    const story = goesLive(new Story());
    expect(story.status).toMatchObject({ live: true, playable: true, playableAt: story.status.liveAt });
    expect(asks(story.passes(100))).toBe(0);
    expect(story.hears(disconnected(100)).status).toMatchObject({ live: false, playable: false });
  });

  test("questions end with the picture, and an answer to an older broadcast says nothing", () => {
    const story = live().passes(2);
    const check = story.state.playback?.check?.id ?? 0;
    story.hears(disconnected(8)).wanted();
    expect(asks(story.passes(61))).toBe(0);
    story.hears({ type: "PlaybackChecked", check, playable: true });
    expect(story.status.playable).toBe(false);
    expect(story.notes.at(-1)).toBe("a newer checkup was asked since");
  });

  test("an answer that never comes is asked for again", () => {
    const story = live().passes(2);
    expect(asks(story)).toBe(1);
    expect(asks(story.passes(119))).toBe(0);
    expect(asks(story.passes(3))).toBe(1);
  });
});

describe("a picture that is gone for a while", () => {
  test("within the hold stays playable, and coming back nothing is asked", () => {
    const story = playing().hears(disconnected(100)).passes(15);
    const { playback } = story.status;
    expect(story.status).toMatchObject({ state: "recording", live: false, playable: true });
    expect(story.status.reason?.code).toBe("ingest_lost");
    expect(playback).not.toBeNull();
    story.wanted();
    story.hears(connected(130));
    expect(story.status).toMatchObject({ live: true, playable: true, playback });
    expect(asks(story.passes(100))).toBe(0);
  });

  test("beyond the hold is not playable any more, and the next picture is asked about anew", () => {
    const story = playing().hears(disconnected(100)).passes(59);
    const { playableAt } = story.status;
    expect(story.status.playable).toBe(true);
    expect(story.passes(1).status).toMatchObject({ playable: false, playableAt });
    story.hears(connected(170));
    expect(story.status.playable).toBe(false);
    story.wanted();
    story.passes(2);
    expect(asks(story)).toBe(1);
    expect(answered(story, true).status).toMatchObject({ playable: true, playableAt });
  });

  test("is measured by Cloudflare's clock, however late its words come", () => {
    const late = playing().hears(disconnected(100)).passes(5).hears(connected(161));
    expect(late.status.playable).toBe(false);
    const early = playing().hears(disconnected(100)).passes(55).hears(connected(101));
    expect(early.status.playable).toBe(true);
  });

  test("is asked about anew when nobody said that it was gone: another recorder's picture after a lost word", () => {
    const story = playing();
    story.hears(recorderEnded("sid-1", { sequence: 5, code: 6 })).passes(2);
    story.hears(acquired("res-2", { attempt: 2, uid: 2_000_000_042 })).hears(startAccepted("res-2", "sid-2"));
    story.hears(rtmp("sid-2", "publishing", { uid: 2_000_000_042 }), connected(60));
    expect(story.status).toMatchObject({ live: true, playable: false });
    story.wanted();
    expect(asks(story.passes(2))).toBe(1);
  });

  test("of another recorder in its hold is the same broadcast", () => {
    const story = playing();
    story.hears(recorderEnded("sid-1", { sequence: 5, code: 6 }), disconnected(50)).passes(2);
    expect(story.status.playable).toBe(true);
    story.hears(acquired("res-2", { attempt: 2, uid: 2_000_000_042 })).hears(startAccepted("res-2", "sid-2"));
    story.hears(rtmp("sid-2", "publishing", { uid: 2_000_000_042 }), connected(60));
    expect(story.status).toMatchObject({ live: true, playable: true });
    story.wanted();
    expect(asks(story.passes(50))).toBe(0);
  });

  test("told twice is nothing new", () => {
    const story = playing().hears(connected(200)).passes(50);
    expect(story.status.playable).toBe(true);
    expect(story.decisions()).not.toContain("BroadcastEnded");
  });
});

describe("a session's end", () => {
  test("nothing is playable once it is closed, and the next one is only when it was live itself", () => {
    const story = playing()
      .hears(hostLeft(2, { after: 10 }))
      .passes(16);
    story.hears(recorderEnded("sid-1", { sequence: 5 }), disconnected(20));
    expect(story.status).toMatchObject({ state: "stopped", playable: false, playback: null });

    story.hears(hostJoined(3, { after: 25 })).hears(acquired("res-2", { session: 2, uid: 2_000_000_042 }));
    story.hears(startAccepted("res-2", "sid-2"));
    expect(story.status).toMatchObject({ state: "recording", playable: false, playableAt: null });
    story.hears(rtmp("sid-2", "publishing", { uid: 2_000_000_042 }), connected(40));
    expect(story.status).toMatchObject({ live: true, playable: true });
  });
});

test("a broadcast of an earlier version is playable as long as it is live, and its log folds to one that is asked about", () => {
  const story = live();
  const { playback: _, ...old } = story.state;
  story.state = old;
  expect(story.status).toMatchObject({ live: true, playable: true });
  expect(asks(story.passes(200))).toBe(0);
  expect(rebuild(story.log).playback).toMatchObject({ broadcast: 1, seen: null });
});
