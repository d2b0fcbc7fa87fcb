import { describe, expect, test } from "vitest";

import { costOf, type Prices, recordedUntil } from "../../src/cost/index.ts";
import { resolutionOf } from "../../src/live/index.ts";

const prices: Prices = {
  asOf: "2026-01-02",
  cloudRecording: { HD: 14, FHD: 28 },
  mediaPush: { HD: 8, FHD: 16 },
  stored: 5,
};
const hour = 3_600_000;

type Costly = Parameters<typeof costOf>[0];

/** An hour of Cloud Recording, live for half of it. */
function session(overrides: Partial<Costly> = {}): Costly {
  return {
    recorded: { recordedSeconds: 3600, recordedSecondsWithoutHost: 15, recordedSecondsMediaPush: 0 },
    resolution: "HD",
    liveAt: hour,
    closedAt: 1.5 * hour,
    videos: [],
    ...overrides,
  };
}

const made = { durationSeconds: null, error: null };

describe("the cost of a session", () => {
  test("is its minutes of Cloud Recording and a month of what is stored", () => {
    expect(costOf(session(), prices, 9 * hour)).toEqual({
      currency: "USD",
      amount: 0.99,
      asOf: "2026-01-02",
      resolution: "HD",
      agora: { cloudRecording: { seconds: 3600, amount: 0.84 }, mediaPush: { seconds: 0, amount: 0 } },
      cloudflare: { storedMonth: { seconds: 1800, amount: 0.15 } },
    });
  });

  test("has each mode at its price, in the resolution of the session", () => {
    const recorded = { recordedSeconds: 3600, recordedSecondsWithoutHost: 0, recordedSecondsMediaPush: 600 };
    expect(costOf(session({ recorded, resolution: "FHD" }), prices, 0).agora).toEqual({
      cloudRecording: { seconds: 3000, amount: 1.4 },
      mediaPush: { seconds: 600, amount: 0.16 },
    });
  });

  test.each([
    [
      "its videos, once they are there",
      {
        videos: [
          { ...made, durationSeconds: 60 },
          { ...made, durationSeconds: 5 },
        ],
      },
      65,
    ],
    ["the time that it was live, of a video whose length nobody told", { videos: [made] }, 1800],
    [
      "nothing, if the video could not be made",
      { videos: [{ ...made, error: { code: "ERR_UNKNOWN", message: "" } }] },
      0,
    ],
    ["nothing, once the video was deleted", { videos: [{ ...made, deletedAt: "2026-01-01T00:00:00.000Z" }] }, 0],
    ["nothing, if it was never live", { liveAt: null }, 0],
    ["what there is until now, while it is open", { closedAt: null }, 7200],
  ])("stores %s", (_, overrides, seconds) => {
    expect(costOf(session(overrides), prices, 3 * hour).cloudflare.storedMonth.seconds).toBe(seconds);
  });

  test("is told to a millionth of a dollar", () => {
    const recorded = { recordedSeconds: 1.0004, recordedSecondsWithoutHost: 0, recordedSecondsMediaPush: 0 };
    const { cloudRecording } = costOf(session({ recorded }), prices, 0).agora;
    expect(cloudRecording).toEqual({ seconds: 1, amount: 0.000233 });
  });
});

describe("a session's seconds", () => {
  const stored = { recordedSeconds: 100, recordedSecondsWithoutHost: 5, recordedSecondsMediaPush: 40 };

  test("are those of its row while nothing runs", () => {
    expect(recordedUntil({ ...stored, counting: null }, 9e12)).toEqual(stored);
  });

  test("go on for every recorder that runs", () => {
    const counting = { since: 1000, hostPresent: true, recorders: 2, mediaPush: 1 };
    const now = { recordedSeconds: 120.25, recordedSecondsWithoutHost: 5, recordedSecondsMediaPush: 50.125 };
    expect(recordedUntil({ ...stored, counting }, 11_125)).toEqual(now);
    expect(recordedUntil({ ...stored, counting: { ...counting, hostPresent: false } }, 11_125)).toEqual({
      ...now,
      recordedSecondsWithoutHost: 25.25,
    });
  });

  test("don't go back with a clock that does", () => {
    const counting = { since: 1000, hostPresent: true, recorders: 1, mediaPush: 0 };
    expect(recordedUntil({ ...stored, counting }, 0)).toEqual(stored);
  });
});

test.each([
  [1280, 720, "HD"],
  [720, 1280, "HD"],
  [960, 960, "HD"],
  [1282, 720, "FHD"],
  [1080, 1920, "FHD"],
])("a picture of %i x %i is %s", (width, height, resolution) => {
  expect(resolutionOf({ width, height })).toBe(resolution);
});
