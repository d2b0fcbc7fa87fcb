import { describe, expect, test } from "vitest";

import { doubtOf, hostSince } from "../../src/live/index.ts";
import { rebuild, Story } from "./story.ts";
import {
  agoraError,
  audienceSeen,
  connected,
  disconnected,
  goesLive,
  hostJoined,
  hostLeft,
  hostUid,
  liveInput,
  presenceChecked,
  videoReady,
} from "./words.ts";

/** A broadcast that has been on the air for two minutes; Cloudflare said so 5 s after its host came. */
function onAir(): Story {
  const story = goesLive(new Story()).passes(120);
  story.wanted();
  return story;
}

/** Answers to the questions that were just asked: what Agora knows of the recorder, and Cloudflare of its picture. */
function answered(story: Story, found: "running" | "not_found", state: "connected" | "disconnected"): string[] {
  const asked = story.wantedEffects();
  for (const effect of asked) {
    if (effect.type === "CheckRecorder") {
      const { check, resourceId } = effect;
      story.hears({
        type: "RecorderChecked",
        check,
        resourceId,
        found,
        rtmp: found === "running" ? "publishing" : null,
      });
    }
    if (effect.type === "CheckIngest") story.hears({ type: "IngestChecked", check: effect.check, liveInput, state });
  }
  return asked.map(({ type }) => type);
}

describe("a video of the broadcast that is believed to go on", () => {
  test("has both ends asked at once, and once", () => {
    const story = onAir().hears(videoReady(5, { durationSeconds: 60 }));
    expect(story.status.live).toBe(true);
    expect(answered(story, "running", "connected")).toEqual(["CheckRecorder", "CheckIngest"]);
    expect(story.status.live).toBe(true);
    expect(story.passes(60).wanted()).toEqual([]);
    expect(rebuild(story.log)).toEqual(story.state);
  });

  test("also if nobody knows when it was, or how long", () => {
    expect(
      onAir()
        .hears(videoReady(5, { createdAt: null }))
        .wanted(),
    ).toContain("CheckIngest");
    expect(
      onAir()
        .hears(videoReady(5, { durationSeconds: null }))
        .wanted(),
    ).toContain("CheckIngest");
  });

  test("and in which the picture was gone for a moment", () => {
    const story = onAir().hears(disconnected(100)).passes(10).hears(connected(110)).passes(100);
    story.wanted();
    expect(story.hears(videoReady(5, { durationSeconds: 190 })).wanted()).toContain("CheckIngest");
  });

  test("leads to a loss like any other when the recorder died silently", () => {
    const story = onAir().hears(videoReady(5, { durationSeconds: 60 }));
    answered(story, "not_found", "disconnected");
    expect(story.status).toMatchObject({ live: false, reason: { code: "ingest_lost" } });
    story.passes(10);
    expect(story.decisions().slice(-1)).toEqual(["Announced"]);
    for (let tries = 0; tries < 4; tries += 1) {
      story.passes(30);
      answered(story, "not_found", "disconnected");
    }
    expect(story.decisions()).toContain("RelayReleased");
  });

  test("but not one of an earlier picture that comes late, nor one when the loss is known", () => {
    const back = onAir().hears(disconnected(100)).passes(90).hears(connected(190)).passes(10);
    back.wanted();
    expect(back.hears(videoReady(5, { durationSeconds: 95 })).wanted()).toEqual([]);

    const lost = onAir().hears(disconnected(100));
    lost.wanted();
    expect(lost.hears(videoReady(5, { durationSeconds: 95 })).wanted()).toEqual([]);
  });
});

describe("a recorder that Agora doesn't find", () => {
  /** Nothing was heard of it for long, so that it is asked about. */
  const missing = () => {
    const story = goesLive(new Story()).passes(250);
    // Who is in the channel isn't asked about here.
    story.hears(hostJoined(2, { uid: 7 })).wanted();
    story.passes(60);
    return story;
  };

  test("has Cloudflare asked in the same go, each time, until it says that the picture is gone", () => {
    const story = missing();
    expect(answered(story, "not_found", "connected")).toEqual(["CheckRecorder"]);
    expect(answered(story, "not_found", "connected")).toEqual(["CheckIngest"]);
    expect(story.status.live).toBe(true);
    story.passes(30);
    expect(answered(story, "not_found", "disconnected")).toEqual(["CheckRecorder", "CheckIngest"]);
    expect(story.status).toMatchObject({ live: false, reason: { code: "ingest_lost" } });
    story.passes(30);
    expect(answered(story, "running", "disconnected")).toEqual(["CheckRecorder"]);
  });

  test("is in doubt until it is found, or another takes its place", () => {
    const story = missing();
    const since = story.now;
    answered(story, "not_found", "connected");
    const doubt = doubtOf(story.state, story.policy);
    expect(doubt).toMatchObject({ code: "recorder_not_found", since, askedAgainAt: since + 30_000 });
    answered(story, "not_found", "connected");
    story.passes(30);
    expect(doubtOf(story.state, story.policy)).toMatchObject({ askedAgainAt: null });
    answered(story, "running", "connected");
    expect(doubtOf(story.state, story.policy)).toBeNull();
    expect(story.status.live).toBe(true);
  });
});

describe("an operator's question", () => {
  test("asks both providers at once, also while nothing is on", () => {
    const story = onAir().hears({ type: "CheckRequested" });
    expect(story.wanted()).toEqual(["CheckRecorder", "CheckIngest", "CheckPresence"]);
    const idle = new Story().hears({ type: "CheckRequested" });
    expect(idle.wanted()).toEqual(["CheckPresence"]);
    expect(rebuild(idle.log)).toEqual(idle.state);
  });

  test("that is refused is asked again, and is a doubt of the open session", () => {
    const story = onAir().hears({ type: "CheckRequested" });
    for (const effect of story.wantedEffects()) {
      if (!("check" in effect)) continue;
      story.hears({ type: "CheckFailed", check: effect.check, error: agoraError(500, 1, "internal", "query") });
    }
    expect(doubtOf(story.state, story.policy)).toMatchObject({
      code: "host_unknown",
      askedAgainAt: story.now + 30_000,
    });
    expect(story.passes(30).wanted()).toEqual(["CheckRecorder", "CheckIngest", "CheckPresence"]);
  });

  test("is not asked about the picture again without a relay", () => {
    const story = onAir().hears(hostLeft(2)).passes(15);
    story.hears({ type: "RecorderStopConfirmed", resourceId: story.state.relay?.resourceId ?? "res-1", round: 1 });
    story.wanted();
    story.hears({ type: "CheckRequested" });
    const ingest = story.wantedEffects().find(({ type }) => type === "CheckIngest");
    if (ingest?.type !== "CheckIngest") throw new Error("Cloudflare was not asked");
    story.hears({ type: "CheckFailed", check: ingest.check, error: agoraError(500, 1, "internal", "get_live_input") });
    expect(story.passes(300).wanted()).not.toContain("CheckIngest");
  });
});

describe("since when the host is gone", () => {
  test("is when she left, if that was told", () => {
    const story = onAir().hears(hostLeft(2, { after: 100 }));
    expect(hostSince(story.state)).toMatchObject({ isNoticed: false });
    expect(story.status.host).toEqual({ present: false, since: "2026-01-01T00:01:40.000Z" });
  });

  test("else when Agora's answer no longer named her", () => {
    const story = onAir().hears({ type: "PresenceDoubted", why: "operator" });
    const question = story.wantedEffects().find(({ type }) => type === "CheckPresence");
    if (question?.type !== "CheckPresence") throw new Error("nobody was asked");
    story.hears(presenceChecked(question.check, []));
    expect(hostSince(story.state)).toEqual({ at: story.now, isNoticed: true });
    story.hears(hostJoined(3, { after: 130 }));
    expect(hostSince(story.state)).toMatchObject({ isNoticed: false });
  });

  test("is nothing of somebody who only watched, in any order", () => {
    expect(hostSince(new Story().hears(audienceSeen(1)).state)).toBeNull();
    const late = new Story().hears(audienceSeen(3)).hears(hostJoined(2));
    const soon = new Story().hears(hostJoined(2)).hears(audienceSeen(3));
    expect(hostSince(late.state)).not.toBeNull();
    expect(hostSince(late.state)).toEqual(hostSince(soon.state));
    expect(late.state.presence[hostUid]).not.toHaveProperty("audience");
  });
});
