import { describe, expect, test } from "vitest";

import { type LiveEvent, mainVideo, type SessionVideo, withVideo } from "../../src/live/index.ts";
import { rebuild, Story, t0 } from "./story.ts";
import {
  acquired,
  agoraError,
  connected,
  disconnected,
  goesLive,
  hostJoined,
  hostLeft,
  listed,
  liveInput,
  recorderEnded,
  recorderStarted,
  rtmp,
  startAccepted,
  videoReady,
} from "./words.ts";

const minute = 60;
const hour = 3600;

/** Its session is closed a minute after the story began. */
function over(): Story {
  return ends(goesLive(new Story()).passes(minute - 15), 1, 2);
}

/** The host leaves, and all goes well. */
function ends(story: Story, session: number, seq: number): Story {
  const [resourceId, sid] = [`res-${session}`, `sid-${session}`];
  story.hears(hostLeft(seq, { after: seq })).passes(15);
  story.hears({ type: "RecorderStopAccepted", resourceId, round: 1 }).hears(recorderEnded(sid, { sequence: 99 }));
  story.wanted();
  return story;
}

const question = (round: number, session = 1) => ({
  type: "CheckVideo",
  key: `42:video:${session}:${round}`,
  session,
  round,
});

function found(round: number, ...videos: ReturnType<typeof listed>[]): LiveEvent {
  return { type: "VideosListed", session: 1, round, videos };
}

function refused(round: number, options: { notFound?: boolean; retryAfterMs?: number } = {}): LiveEvent {
  const error = { ...agoraError(500, 500, "no", "list_videos"), provider: "cloudflare" as const };
  return { type: "VideoCheckFailed", session: 1, round, notFound: false, retryAfterMs: null, ...options, error };
}

describe("a session whose video isn't known", () => {
  test("is asked about two minutes, ten minutes and an hour after its end, and then no more", () => {
    const story = over();
    expect(story.passes(2 * minute - 1).wantedEffects()).toEqual([]);
    expect(story.passes(1).wantedEffects()).toEqual([question(1)]);
    story.hears(found(1, listed(5, "pending")));
    expect(story.passes(8 * minute - 1).wantedEffects()).toEqual([]);
    expect(story.passes(1).wantedEffects()).toEqual([question(2)]);
    story.hears(found(2));
    expect(story.passes(50 * minute).wantedEffects()).toEqual([question(3)]);
    story.hears(found(3, listed(5, "pending")));
    expect(story.state.videos).toBeUndefined();
    expect(story.passes(24 * hour).wanted()).toEqual([]);
    expect(rebuild(story.log)).toEqual(story.state);
  });

  test.each(["ready", "error"] as const)("is asked about no more once its video is found %s", (outcome) => {
    const story = over().passes(2 * minute);
    story.wanted();
    story.hears(found(1, listed(5, outcome)));
    expect(story.state.videos).toBeUndefined();
    expect(story.passes(24 * hour).wanted()).toEqual([]);
  });

  test.each([videoReady(5), videoReady(5, { ready: false, error: { code: "ERR_UNKNOWN", message: "" } })])(
    "is never asked about if the webhook comes, $ready or not",
    (webhook) => {
      const story = over().hears(webhook);
      expect(story.passes(24 * hour).wanted()).toEqual([]);
    },
  );

  test("is asked about all the same if the webhook is of another session's video", () => {
    const story = over().hears(videoReady(-3 * hour), videoReady(0, { createdAt: null }));
    expect(story.passes(2 * minute).wanted()).toEqual(["CheckVideo"]);
  });

  test("is asked about again as long as one of its videos is being made", () => {
    const story = over().passes(2 * minute);
    story.wanted();
    story.hears(found(1, listed(5, "ready"), listed(40, "pending")));
    expect(story.passes(8 * minute).wantedEffects()).toEqual([question(2)]);
    story.hears(found(2, listed(5, "ready"), listed(40, "ready")));
    expect(story.state.videos).toBeUndefined();
  });

  test("is asked about once after a long sleep, not for each wait that went by", () => {
    const story = over();
    story.now += 20 * minute * 1000;
    expect(story.passes(0).wantedEffects()).toEqual([question(1)]);
    story.hears(found(1));
    expect(story.passes(39 * minute).wantedEffects()).toEqual([]);
    expect(story.passes(minute).wantedEffects()).toEqual([question(2)]);
  });

  test("is asked about again after a refusal: later each time, as the provider asks, and not for ever", () => {
    const story = over().passes(2 * minute);
    story.hears(refused(1));
    story.wanted();
    expect(story.passes(59).wanted()).toEqual([]);
    expect(story.passes(1).wantedEffects()).toEqual([question(2)]);
    story.hears(refused(2, { retryAfterMs: 300_000 }));
    expect(story.passes(299).wanted()).toEqual([]);
    expect(story.passes(1).wantedEffects()).toEqual([question(3)]);
    for (let round = 3; round <= 12; round += 1) story.hears(refused(round)).passes(2 * hour);
    expect(story.state.videos).toBeUndefined();
    expect(story.wanted()).toHaveLength(9);
    expect(story.passes(24 * hour).wanted()).toEqual([]);
  });

  test("is asked about at most twelve times if no answer ever comes", () => {
    expect(
      over()
        .passes(48 * hour)
        .wanted(),
    ).toHaveLength(12);
  });

  test("is given up when its live input is gone", () => {
    const story = over()
      .passes(2 * minute)
      .hears(refused(1, { notFound: true }));
    expect(story.state.videos).toBeUndefined();
  });

  test("is asked about while the next session runs, and that one's video is not taken for its own", () => {
    const story = over();
    story.hears(hostJoined(3, { after: minute })).hears(acquired("res-2", { session: 2, uid: 2_000_000_042 }));
    story.hears(
      startAccepted("res-2", "sid-2"),
      recorderStarted("sid-2"),
      rtmp("sid-2", "publishing", { sequence: 1 }),
    );
    story.hears(connected(200));
    expect(story.status).toMatchObject({ sessionId: "42-2", live: true });
    story.hears(videoReady(201));
    expect(story.passes(2 * minute).wantedEffects()).toContainEqual(question(1));
    story.hears(found(1, listed(201, "ready")));
    expect(Object.keys(story.state.videos ?? {})).toEqual(["1", "2"]);
    story.hears({ type: "VideosListed", session: 1, round: 1, videos: [listed(5, "ready")] });
    expect(rebuild(story.log)).toEqual(story.state);
  });
});

test("the picture's return makes a second video possible, so the webhook of one doesn't end the waiting", () => {
  const story = goesLive(new Story());
  story.hears(disconnected(10), connected(12)).passes(minute);
  ends(story, 1, 2).hears(videoReady(5));
  expect(story.passes(2 * minute).wanted()).toEqual(["CheckVideo"]);
});

test("no video is asked for of a session whose picture never reached Cloudflare", () => {
  const story = new Story().hears(hostJoined(1)).passes(minute);
  story.hears(hostLeft(2)).passes(hour);
  expect(story.status.state).toBe("stopped");
  expect(story.passes(24 * hour).wanted()).not.toContain("CheckVideo");
});

test("a picture that only a checkup told of has a video too", () => {
  const story = new Story().hears(hostJoined(1));
  story.hears({ type: "LiveInputReady", liveInput, playbackBase: null }).hears(acquired("res-1"));
  story.hears(startAccepted("res-1", "sid-1")).hears(recorderStarted("sid-1")).passes(45);
  const asked = story.wantedEffects().find(({ type }) => type === "CheckIngest");
  story.hears({ type: "IngestChecked", check: (asked as { check: number }).check, liveInput, state: "connected" });
  ends(story, 1, 2);
  expect(story.passes(2 * minute).wanted()).toEqual(["CheckVideo"]);
  expect(story.hears(found(1, listed(4, "ready"))).state.videos).toBeUndefined();
});

test("a late notification that the picture had arrived changes when, not how often", () => {
  const story = new Story().hears(hostJoined(1));
  story.hears({ type: "LiveInputReady", liveInput, playbackBase: null });
  story.hears(disconnected(20), connected(5));
  expect(story.state.videos).toMatchObject({ 1: { since: "2026-01-01T00:00:05.000000000Z", again: false } });
});

test("of many sessions whose videos never come, the newest twenty are waited for", () => {
  const videos = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [
      String(i + 1),
      {
        liveInput,
        since: "2025-12-31T00:00:00.000000000Z",
        again: false,
        closedAt: t0,
        round: 12,
        step: 3,
        failures: 0,
        asked: null,
      },
    ]),
  );
  const story = new Story();
  story.state = { ...story.state, sessions: 20, videos };
  story.hears(hostJoined(1)).hears({ type: "LiveInputReady", liveInput, playbackBase: null }).hears(connected(5));
  expect(Object.keys(story.state.videos ?? {})).toEqual(Array.from({ length: 20 }, (_, i) => String(i + 2)));
});

describe("the videos of a session", () => {
  const at = Date.UTC(2026, 0, 1, 1);

  test("are kept by their age, and the longest that can be watched is the one to show", () => {
    let videos: SessionVideo[] = [];
    videos = withVideo(videos, { ...listed(90, "ready"), durationSeconds: 20 }, at);
    videos = withVideo(videos, { ...listed(5, "ready"), durationSeconds: 70 }, at);
    videos = withVideo(videos, listed(200, "pending"), at);
    expect(videos.map(({ video, ready }) => [video, ready])).toEqual([
      ["video-5", true],
      ["video-90", true],
      ["video-200", false],
    ]);
    expect(mainVideo(videos)?.video).toBe("video-5");
    expect(mainVideo([])).toBeNull();
  });

  test("are ready since Cloudflare's own time if it tells one, else since we heard of it; the first word counts", () => {
    const modifiedAt = "2026-01-01T00:30:00.123456789Z";
    const [told] = withVideo([], { ...listed(5, "ready"), modifiedAt }, at);
    expect(told?.readyAt).toBe("2026-01-01T00:30:00.123Z");
    const [untold] = withVideo([], listed(5, "ready"), at);
    expect(untold?.readyAt).toBe("2026-01-01T01:00:00.000Z");
    expect(withVideo(untold === undefined ? [] : [untold], listed(5, "ready"), at + 5)[0]?.readyAt).toBe(
      untold?.readyAt,
    );
    expect(withVideo([], listed(5, "pending"), at)[0]).not.toHaveProperty("readyAt");
  });

  test("stay as they are when an old list says that one is being made", () => {
    const ready = withVideo([], listed(5, "ready"), at);
    expect(withVideo(ready, listed(5, "pending"), at)).toEqual(ready);
  });
});
