import { describe, expect, test } from "vitest";

import type { LiveEvent, StorageRenewalFailed } from "../../src/live/index.ts";
import { rebuild, Story, t0 } from "./story.ts";
import {
  acquired,
  agoraError,
  connected,
  failedOver,
  hostJoined,
  hostLeft,
  liveInputReady,
  recorderStarted,
  rtmp,
  startAccepted,
} from "./words.ts";

const hour = 3600;
const after = (seconds: number): number => t0 + seconds * 1000;

/** On the air with keys that end so many seconds after the start; checkups are off, so that only the keys need care. */
function live(keysEndAfter: number | null): Story {
  const story = new Story({ checkupMs: 0 });
  const end = keysEndAfter === null ? {} : { storageUntil: after(keysEndAfter) };
  story.hears(hostJoined(1)).hears(liveInputReady);
  story.hears(acquired("res-1", end)).hears({ ...startAccepted("res-1", "sid-1"), ...end });
  story.hears(recorderStarted("sid-1"), rtmp("sid-1", "publishing", { sequence: 1 })).hears(connected(5));
  story.wanted();
  return story;
}

function renewed(round: number, until: number | null): LiveEvent {
  return { type: "StorageRenewed", resourceId: "res-1", round, until };
}

function refused(round: number, options: Partial<StorageRenewalFailed> = {}): LiveEvent {
  const error = agoraError(500, 500, "no", "update");
  return { type: "StorageRenewalFailed", resourceId: "res-1", round, retryAfterMs: null, error, ...options };
}

const renewal = (round: number) => [
  { type: "RenewStorage", key: `42:storage:res-1:${round}`, resourceId: "res-1", round },
];

describe("a recorder whose keys end", () => {
  test("gets others every hour, as Agora asks for", () => {
    const story = live(4 * hour);
    expect(story.passes(hour - 1).wantedEffects()).toEqual([]);
    expect(story.passes(1).wantedEffects()).toEqual(renewal(1));
    story.hears(renewed(1, after(5 * hour)));
    expect(story.passes(hour - 1).wantedEffects()).toEqual([]);
    expect(story.passes(1).wantedEffects()).toEqual(renewal(2));
  });

  test.each([
    ["a quarter of their life before the end", hour, hour * 0.75],
    ["five minutes before the end of short ones", 900, 600],
  ])("gets them %s", (_, life, at) => {
    const story = live(life);
    expect(story.passes(at - 1).wantedEffects()).toEqual([]);
    expect(story.passes(1).wantedEffects()).toEqual(renewal(1));
  });

  test("is given them when its start was never answered, since those were sent with it", () => {
    const story = new Story({ checkupMs: 0 }).hears(hostJoined(1)).hears(liveInputReady);
    story.hears(acquired("res-1", { storageUntil: after(hour) }));
    story.hears(recorderStarted("sid-1"), rtmp("sid-1", "publishing", { sequence: 1 })).hears(connected(5));
    story.wanted();
    expect(story.passes(hour * 0.75).wantedEffects()).toEqual(renewal(1));
  });

  test("is asked for again after 30 s, 60 s and so on up to five minutes, also when they have ended", () => {
    const story = live(900).passes(600);
    const waits = [30, 60, 120, 240, 300, 300];
    for (const [i, wait] of waits.entries()) {
      const round = i + 1;
      expect(story.wantedEffects()).toEqual(renewal(round));
      story.hears(refused(round));
      expect(story.passes(wait - 1).wantedEffects()).toEqual([]);
      story.passes(1);
    }
    expect(story.now).toBeGreaterThan(after(900));
    expect(story.notes).toContain("no other keys for the storage: update: no");
    story.hears(renewed(7, story.now + hour * 1000));
    story.wanted();
    expect(story.passes(hour * 0.75).wantedEffects()).toEqual(renewal(8));
    story.hears(refused(8));
    expect(story.passes(30).wantedEffects()).toEqual(renewal(9));
  });

  test("is asked for with a pause when all that it gets are about to end", () => {
    const story = live(60);
    expect(story.passes(0).state.recorders["res-1"]?.storage?.round).toBe(1);
    story.hears(renewed(1, after(120)));
    expect(story.passes(29).wantedEffects()).toEqual([]);
    expect(story.passes(1).wantedEffects()).toEqual(renewal(2));
  });

  test("waits as long as the provider asks for", () => {
    const story = live(900).passes(600);
    story.hears(refused(1, { retryAfterMs: 90_000 }));
    story.wanted();
    expect(story.passes(89).wantedEffects()).toEqual([]);
    expect(story.passes(1).wantedEffects()).toEqual(renewal(2));
  });

  test("is asked for again when no answer comes for two minutes", () => {
    const story = live(hour).passes(hour * 0.75);
    expect(story.wantedEffects()).toEqual(renewal(1));
    expect(story.passes(119).wantedEffects()).toEqual([]);
    expect(story.passes(1).wantedEffects()).toEqual(renewal(2));
    story.hears(renewed(1, after(9 * hour)));
    expect(story.state.recorders["res-1"]?.storage).toMatchObject({ until: after(hour), round: 2 });
  });

  test("gets none any more when it is to stop", () => {
    const story = live(hour).hears(hostLeft(2)).passes(20);
    expect(story.wanted()).toEqual(["StopRecorder"]);
    expect(story.passes(hour).wanted()).not.toContain("RenewStorage");
  });

  test("gets them once it is found again, not while it moves to another machine", () => {
    const story = live(hour).hears({ type: "RecorderErrored", ...word(2), level: 5, code: null, message: "" });
    const check = story.wantedEffects().flatMap((effect) => ("check" in effect ? effect.check : []))[0] ?? 0;
    story.now = after(hour * 0.75 - 10);
    const found = { type: "RecorderChecked", check, resourceId: "res-1", found: "not_found", rtmp: null } as const;
    story.hears(found).wanted();
    expect(story.passes(20).wanted()).not.toContain("RenewStorage");
    story.hears(failedOver("sid-1", 77, { sequence: 3 }));
    expect(story.wanted()).toContain("RenewStorage");
  });

  test("is in the same state after a rebuild, and one without such keys has none", () => {
    const story = live(900)
      .passes(600)
      .hears(refused(1))
      .passes(30)
      .hears(renewed(2, after(2000)));
    expect(story.state.recorders["res-1"]?.storage).toEqual({
      ...{ at: story.now, until: after(2000), round: 2, asked: null },
    });
    expect(rebuild(story.log)).toEqual(story.state);
    story.passes(1040).hears(renewed(3, null));
    expect(story.state.recorders["res-1"]).not.toHaveProperty("storage");
  });
});

test("keys that don't end are never replaced", () => {
  const story = live(null);
  expect(story.state.recorders["res-1"]).not.toHaveProperty("storage");
  expect(story.passes(11 * hour).wanted()).toEqual([]);
});

function word(sequence: number) {
  return { uid: 999_042, recordingSid: "sid-1", sequence, sentAt: t0 + sequence };
}
