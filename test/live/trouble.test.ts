import { describe, expect, test } from "vitest";

import { type Effect } from "../../src/live/index.ts";
import { mainUid, spareUid, Story } from "./story.ts";
import {
  acquired,
  agoraError,
  connected,
  disconnected,
  errored,
  failedOver,
  goesLive,
  hostJoined,
  hostLeft,
  hostUid,
  liveInput,
  liveInputReady,
  presenceChecked,
  recorderEnded,
  recorderStarted,
  rtmp,
  startAccepted,
  startFailed,
} from "./words.ts";

function checkOf(effects: Effect[], type: "CheckRecorder" | "CheckIngest" | "CheckPresence"): number {
  const effect = effects.find((candidate) => candidate.type === type);
  if (effect === undefined || !("check" in effect)) throw new Error(`no ${type} among the effects`);
  return effect.check;
}

describe("a start that fails", () => {
  test("is tried three times with growing waits and the uids in turn, then the seller is told, while tries go on", () => {
    const story = new Story().hears(hostJoined(1)).hears(liveInputReady);
    const starts: [number, unknown][] = [];
    for (let attempt = 1; attempt <= 7; attempt += 1) {
      const wanted = story.wantedEffects().filter((effect) => effect.type === "StartRelay");
      expect(wanted).toHaveLength(1);
      starts.push([(story.now - (story.state.session?.openedAt ?? 0)) / 1000, (wanted[0] as { uid: number }).uid]);
      const uid = attempt % 2 === 1 ? mainUid : spareUid;
      story.hears(startFailed({ attempt, uid }));
      expect(story.status.state).toBe(attempt >= 3 ? "error" : "starting");
      expect(story.status.reason?.code).toBe("recorder_start_failed");
      if (attempt < 7) story.passes([2, 4, 30, 60, 120, 240][attempt - 1] ?? 0);
    }
    expect(starts.map(([after]) => after)).toEqual([0, 2, 6, 36, 96, 216, 456]);
    expect(starts.map(([, uid]) => uid)).toEqual([1, 2, 1, 2, 1, 2, 1].map((n) => (n === 1 ? mainUid : spareUid)));
    expect(story.status).toMatchObject({ state: "error", hold: { reason: "gave_up" } });
    expect(story.passes(3600).wanted()).toEqual([]);
  });

  test("gives up at once when trying again cannot help", () => {
    const story = new Story().hears(hostJoined(1)).hears(liveInputReady);
    story.hears(startFailed({ disposition: "final", error: agoraError(400, 2, "invalid parameter") }));
    expect(story.status).toMatchObject({ state: "error", hold: { reason: "gave_up" } });
    expect(story.status.reason?.message).toContain("invalid parameter");
  });

  test("a provider's wish to wait is honoured", () => {
    const story = new Story().hears(hostJoined(1)).hears(liveInputReady);
    story.wanted();
    story.hears(startFailed({ retryAfterMs: 30_000 })).passes(29);
    expect(story.wanted()).toEqual([]);
    expect(story.passes(1).wanted()).toEqual(["StartRelay"]);
  });

  test("with 206 the same resource is started again, twice at most, then another is acquired", () => {
    const story = new Story().hears(hostJoined(1)).hears(liveInputReady).hears(acquired("res-1"));
    const resources: unknown[] = [];
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      const [effect] = story.wantedEffects().slice(-1);
      resources.push(effect?.type === "StartRelay" ? effect.resourceId : undefined);
      story.hears(startFailed({ attempt, resourceId: "res-1", disposition: "retry" }));
      story.passes([2, 4, 30, 60][attempt - 1] ?? 0);
    }
    expect(resources).toEqual([null, "res-1", "res-1", null]);
  });

  test("a success forgets the failures before it", () => {
    const story = new Story().hears(hostJoined(1)).hears(liveInputReady);
    story
      .hears(startFailed())
      .passes(2)
      .hears(acquired("res-2", { attempt: 2, uid: spareUid }));
    story.hears(startAccepted("res-2", "sid-2"), connected(9));
    expect(story.status).toMatchObject({ state: "recording", live: true, reason: null });
  });

  test("201/7 means that this resource runs: its id comes with the next notification", () => {
    const story = new Story().hears(hostJoined(1)).hears(liveInputReady).hears(acquired("res-1"));
    story.hears({
      type: "RecorderAlreadyRunning",
      session: 1,
      attempt: 1,
      uid: mainUid,
      resourceId: "res-1",
      which: "this_resource",
      recordingSid: null,
    });
    expect(story.status.state).toBe("recording");
    story.hears(rtmp("sid-9", "publishing"));
    expect(story.state.recorders["res-1"]?.recordingSid).toBe("sid-9");
  });

  test("400/53 adopts the recorder whose start was never answered", () => {
    const story = new Story().hears(hostJoined(1)).hears(liveInputReady).hears(acquired("res-1"));
    story.hears(startFailed({ resourceId: "res-1", mayRun: true })).passes(2);
    story.hears(acquired("res-2", { attempt: 2, uid: spareUid }));
    story.hears(startFailed({ attempt: 2, uid: spareUid, resourceId: "res-2" })).passes(4);
    story.hears(acquired("res-3", { attempt: 3 })).wanted();
    story.hears({
      type: "RecorderAlreadyRunning",
      session: 1,
      attempt: 3,
      uid: mainUid,
      resourceId: "res-3",
      which: "same_uid",
      recordingSid: null,
    });
    expect(story.state.relay?.resourceId).toBe("res-1");
    expect(story.state.recorders["res-3"]?.state).toBe("ended");
    expect(story.hears(recorderStarted("sid-1")).wanted()).toEqual([]);
    expect(story.status.state).toBe("recording");
  });

  test("a recorder that turns out to run while the next try is waited for is kept", () => {
    const story = new Story().hears(hostJoined(1)).hears(liveInputReady).hears(acquired("res-1"));
    story.hears(startFailed({ resourceId: "res-1", disposition: "retry", mayRun: true })).wanted();
    story.hears(recorderStarted("sid-1")).passes(60);
    expect(story.wanted()).not.toContain("StopRecorder");
    expect(story.status).toMatchObject({ state: "recording", reason: null });
    expect(story.decisions().filter((type) => type === "RelayRequested")).toHaveLength(1);
  });

  test("a refusal of the second start proves nothing about the first one, which was never answered", () => {
    const story = new Story().hears(hostJoined(1)).hears(liveInputReady).hears(acquired("res-1"));
    story.hears(startFailed({ resourceId: "res-1", disposition: "retry", mayRun: true })).passes(2);
    story.hears(startFailed({ attempt: 2, resourceId: "res-1", disposition: "reacquire" })).passes(4);
    story.hears(acquired("res-3", { attempt: 3, uid: spareUid }), startAccepted("res-3", "sid-3")).wanted();
    story.hears(recorderStarted("sid-1"));
    expect(story.wantedEffects()).toMatchObject([{ type: "StopRecorder", resourceId: "res-1" }]);
  });

  test("400/53 by a stranger's recorder takes the other uid", () => {
    const story = new Story().hears(hostJoined(1)).hears(liveInputReady).hears(acquired("res-1"));
    story.wanted();
    story.hears({
      type: "RecorderAlreadyRunning",
      session: 1,
      attempt: 1,
      uid: mainUid,
      resourceId: "res-1",
      which: "same_uid",
      recordingSid: null,
    });
    expect(story.passes(2).wantedEffects()).toMatchObject([{ type: "StartRelay", attempt: 2, uid: spareUid }]);
  });

  test("an unanswered start that turns out to run is stopped when it isn't wanted any more", () => {
    const story = new Story().hears(hostJoined(1)).hears(liveInputReady).hears(acquired("res-1"));
    story.hears(hostLeft(2)).passes(15);
    expect(story.wanted()).not.toContain("StopRecorder");
    story.passes(30).hears(recorderStarted("sid-1"));
    expect(story.wantedEffects()).toMatchObject([{ type: "StopRecorder", resourceId: "res-1" }]);
  });

  test("while all places are taken the channel waits and says so", () => {
    const story = new Story();
    story.context.capacityFree = false;
    story.hears(hostJoined(1)).hears(liveInputReady);
    expect(story.status).toMatchObject({ state: "error", reason: { code: "capacity" } });
    story.wanted();
    story.passes(65).context.capacityFree = true;
    expect(story.wanted()).toEqual([]);
    expect(story.passes(30).wanted()).toEqual(["StartRelay"]);
  });

  test("a live input that somebody deleted is made anew", () => {
    const story = new Story().hears(hostJoined(1)).hears(liveInputReady);
    story.wanted();
    story.hears({ type: "LiveInputGone", liveInput }, startFailed({ disposition: "retry" }));
    expect(story.passes(2).wanted()).toEqual(["EnsureLiveInput"]);
    story.hears({ type: "LiveInputReady", liveInput: "another", playbackBase: null });
    expect(story.wanted()).toEqual(["StartRelay"]);
  });
});

describe("a picture that doesn't arrive", () => {
  test("45 s after the start both ends are asked; publishing and connected counts as confirmed", () => {
    const story = new Story().hears(hostJoined(1)).hears(liveInputReady).hears(acquired("res-1"));
    story.hears(startAccepted("res-1", "sid-1")).wanted();
    const effects = story.passes(45).wantedEffects();
    const recorder = checkOf(effects, "CheckRecorder");
    const ingest = checkOf(effects, "CheckIngest");
    expect(recorder).not.toBe(ingest);
    story.hears(
      { type: "RecorderChecked", check: recorder, resourceId: "res-1", found: "running", rtmp: "publishing" },
      { type: "IngestChecked", check: ingest, liveInput, state: "connected" },
    );
    expect(story.status.live).toBe(true);
    expect(story.passes(60).wanted()).toEqual([]);
  });

  test("else it is re-pointed, asked about again, and at last replaced by another recorder", () => {
    const story = new Story().hears(hostJoined(1)).hears(liveInputReady).hears(acquired("res-1"));
    story.hears(startAccepted("res-1", "sid-1")).wanted();
    const bothSay = (rtmpStatus: "disconnected", ingestState: "disconnected"): void => {
      const effects = story.wantedEffects();
      const check = checkOf(effects, "CheckRecorder");
      story.hears(
        { type: "RecorderChecked", check, resourceId: "res-1", found: "running", rtmp: rtmpStatus },
        { type: "IngestChecked", check: checkOf(effects, "CheckIngest"), liveInput, state: ingestState },
      );
    };
    story.passes(45);
    bothSay("disconnected", "disconnected");
    expect(story.wantedEffects()).toMatchObject([{ type: "RepointRecorder", resourceId: "res-1", round: 1 }]);
    story.hears({ type: "RepointAccepted", resourceId: "res-1", round: 1 }).passes(20);
    bothSay("disconnected", "disconnected");
    story.passes(1);
    expect(story.wantedEffects()).toMatchObject([
      { type: "StopRecorder", resourceId: "res-1" },
      { type: "StartRelay", attempt: 2, uid: spareUid },
    ]);
  });

  test("lost in mid-live, it gets 20 s to come back by itself", () => {
    const story = goesLive(new Story()).passes(60).hears(disconnected(60)).passes(19);
    expect(story.wanted()).toEqual([]);
    story.hears(connected(79)).passes(60);
    expect(story.wanted()).toEqual([]);
    expect(story.status.live).toBe(true);
  });

  test("without Cloudflare's answer nothing is torn down: it is asked again", () => {
    const story = goesLive(new Story()).passes(60).hears(disconnected(60)).passes(20);
    const effects = story.wantedEffects();
    const check = checkOf(effects, "CheckRecorder");
    story.hears(
      { type: "RecorderChecked", check, resourceId: "res-1", found: "running", rtmp: "publishing" },
      { type: "CheckFailed", check: checkOf(effects, "CheckIngest"), error: agoraError(503, 0, "down") },
    );
    expect(story.wanted()).toEqual([]);
    expect(story.passes(30).wanted()).toEqual(["CheckIngest"]);
  });

  test.each([
    ["ERR_UNSUPPORTED_VIDEO_CODEC", "ingest_codec_unsupported"],
    ["ERR_GOP_OUT_OF_RANGE", "ingest_codec_unsupported"],
    ["ERR_STORAGE_QUOTA_EXHAUSTED", "storage_quota"],
    ["ERR_MISSING_SUBSCRIPTION", "subscription_missing"],
  ])("%s is shown as an error and not restarted", (code, reason) => {
    const story = goesLive(new Story({ checkupMs: 0 }))
      .passes(60)
      .hears(errored(60, code))
      .passes(600);
    expect(story.wanted()).toEqual([]);
    expect(story.status).toMatchObject({ state: "error", live: false, reason: { code: reason } });
  });
});

describe("a recorder that dies", () => {
  test("is replaced while the host is there, with growing waits, five times; then the channel gives up", () => {
    const story = goesLive(new Story());
    const waits: number[] = [];
    for (let n = 1; n <= 6; n += 1) {
      story.hears(recorderEnded(`sid-${n}`, { uid: n % 2 === 1 ? mainUid : spareUid, sequence: 9, code: 6 }));
      if (n === 6) break;
      const before = story.now;
      while (story.wanted().length === 0) story.passes(1);
      waits.push((story.now - before) / 1000);
      story.hears(acquired(`res-${n + 1}`, { attempt: n + 1, uid: n % 2 === 1 ? spareUid : mainUid }));
      story.hears(startAccepted(`res-${n + 1}`, `sid-${n + 1}`));
    }
    expect(waits).toEqual([1, 2, 4, 8, 16]);
    expect(story.status).toMatchObject({
      state: "error",
      hold: { reason: "gave_up" },
      reason: { code: "recorder_lost" },
    });
  });

  test("after ten healthy minutes the count starts anew", () => {
    const story = goesLive(new Story({ maxRestarts: 1, checkupMs: 0 })).hears(recorderEnded("sid-1", { sequence: 9 }));
    story.passes(1).hears(acquired("res-2", { attempt: 2, uid: spareUid }), startAccepted("res-2", "sid-2"));
    story
      .hears(connected(20))
      .passes(600)
      .hears(recorderEnded("sid-2", { uid: spareUid, sequence: 9 }));
    story.wanted();
    expect(story.passes(1).wanted()).toEqual(["StartRelay"]);
  });

  test("while the host is away within the grace nothing is started", () => {
    const story = goesLive(new Story())
      .hears(hostLeft(2))
      .hears(recorderEnded("sid-1", { sequence: 9 }));
    expect(story.passes(14).wanted()).toEqual([]);
    expect(story.hears(hostJoined(3, { after: 14 })).wanted()).toEqual(["StartRelay"]);
  });

  test("a failover is followed: the old worker's end is no end, in either order", () => {
    const ended = recorderEnded("sid-1", { sequence: 5, code: 1 });
    const moved = failedOver("sid-1", 555, { sequence: 4 });
    for (const events of [
      [moved, ended],
      [ended, moved],
    ]) {
      const story = goesLive(new Story()).hears(...events);
      expect(story.wanted()).toEqual([]);
      expect(story.status.state).toBe("recording");
      story.hears(rtmp("sid-1", "disconnected", { uid: 555, sequence: 6 }));
      expect(story.status.relay.rtmp).toBe("disconnected");
    }
  });

  test("404 is believed only after 90 s of it", () => {
    const story = goesLive(new Story()).passes(300);
    let asked = 0;
    while (story.state.recorders["res-1"]?.state !== "ended") {
      for (const effect of story.wantedEffects()) {
        if (effect.type === "CheckPresence") story.hears(presenceChecked(effect.check, [hostUid]));
        if (effect.type !== "CheckRecorder") continue;
        asked += 1;
        story.hears({ ...effect, type: "RecorderChecked", found: "not_found", rtmp: null });
      }
      story.passes(1);
    }
    expect(asked).toBe(4);
    expect(story.now - (story.state.recorders["res-1"].missingAt ?? 0)).toBeGreaterThanOrEqual(90_000);
    expect(story.wanted()).toEqual(["StartRelay"]);
  });

  test("a fatal error is asked about at once", () => {
    const story = goesLive(new Story());
    const error = { ...recorderStarted("sid-1", { sequence: 2 }), type: "RecorderErrored" as const };
    story.hears({ ...error, level: 5, code: 47, message: "upload failed" });
    expect(story.wanted()).toEqual(["CheckRecorder"]);
    expect(story.notes).toContain("level 5, code 47: upload failed");
  });

  test("an error that is not fatal, and files in Agora's backup, are noted", () => {
    const story = goesLive(new Story());
    const error = { ...recorderStarted("sid-1", { sequence: 2 }), type: "RecorderErrored" as const };
    story.hears({ ...error, level: 4, code: 51, message: "uploader" });
    story.hears({ ...recorderEnded("sid-1", { sequence: 3 }), message: "some to Agora's backup", backup: true });
    expect(story.notes).toEqual(
      expect.arrayContaining(["not fatal; level 4, code 51: uploader", "some to Agora's backup"]),
    );
  });
});

describe("a stop", () => {
  const stopping = (): Story => {
    const story = goesLive(new Story()).hears(hostLeft(2)).passes(15);
    story.wanted();
    return story;
  };

  test("that fails is repeated with backoff until it holds", () => {
    const story = stopping();
    const fails = (round: number): void => {
      const error = agoraError(504, 62, "request timeout", "stop");
      story.hears({
        type: "RecorderStopFailed",
        resourceId: "res-1",
        round,
        notFound: false,
        retryAfterMs: null,
        error,
      });
    };
    fails(1);
    expect(story.passes(2).wantedEffects()).toMatchObject([{ type: "StopRecorder", round: 2 }]);
    fails(2);
    expect(story.passes(3).wanted()).toEqual([]);
    expect(story.passes(1).wantedEffects()).toMatchObject([{ type: "StopRecorder", round: 3 }]);
    story.hears({ type: "RecorderStopConfirmed", resourceId: "res-1", round: 3 });
    expect(story.status.state).toBe("stopped");
  });

  test("that was accepted and brought no end is asked about after 90 s: not found means ended", () => {
    const story = stopping().hears({ type: "RecorderStopAccepted", resourceId: "res-1", round: 1 }).passes(90);
    const check = checkOf(story.wantedEffects(), "CheckRecorder");
    story.hears({ type: "RecorderChecked", check, resourceId: "res-1", found: "not_found", rtmp: null });
    expect(story.status).toMatchObject({ state: "stopped", isRecording: false });
  });

  test("that was accepted while the recorder runs on is repeated", () => {
    const story = stopping().hears({ type: "RecorderStopAccepted", resourceId: "res-1", round: 1 }).passes(90);
    const check = checkOf(story.wantedEffects(), "CheckRecorder");
    story.hears({ type: "RecorderChecked", check, resourceId: "res-1", found: "running", rtmp: null });
    expect(story.wantedEffects()).toMatchObject([{ type: "StopRecorder", round: 2 }]);
  });

  test("that doesn't hold for ten minutes is dead and shown, until a person has it tried again", () => {
    const story = stopping();
    const error = agoraError(401, 0, "Unauthorized", "stop");
    for (let s = 0; s <= 600; s += 1) {
      for (const effect of story.wantedEffects()) {
        if (effect.type !== "StopRecorder") continue;
        const { resourceId, round } = effect;
        story.hears({ type: "RecorderStopFailed", resourceId, round, notFound: false, retryAfterMs: null, error });
      }
      story.passes(1);
    }
    expect(story.decisions()).toContain("RecorderStopDied");
    expect(story.status).toMatchObject({ isRecording: true, reason: { code: "recorder_stop_failed" } });
    story.wanted();
    story.hears({ type: "StopRetried", resourceId: "res-1" });
    expect(story.wanted()).toEqual(["StopRecorder"]);
  });

  test("that died has Cloudflare refuse the picture, so that a seller who left is not on the air", () => {
    const story = stopping();
    const error = agoraError(401, 0, "Unauthorized", "stop");
    const decided: string[] = [];
    for (let s = 0; s <= 600; s += 1) {
      for (const effect of story.wantedEffects()) {
        decided.push(effect.type);
        if (effect.type !== "StopRecorder") continue;
        const { resourceId, round } = effect;
        story.hears({ type: "RecorderStopFailed", resourceId, round, notFound: false, retryAfterMs: null, error });
      }
      story.passes(1);
    }
    decided.push(...story.wanted());
    expect(decided.filter((type) => type === "DisableLiveInput")).toHaveLength(1);
    story.hears({ type: "LiveInputDisableFailed", round: 1, error }).passes(60);
    expect(story.wanted()).toContain("DisableLiveInput");
    story.hears({ type: "LiveInputSwitched", liveInput, enabled: false }).passes(120);
    expect(story.wanted()).not.toContain("DisableLiveInput");
    story.hears(hostJoined(3, { after: 900 }));
    expect(story.wanted()).toEqual(["StartRelay"]);
    story.hears({ type: "LiveInputSwitched", liveInput, enabled: true });
    expect(story.passes(60).wanted()).not.toContain("DisableLiveInput");
  });
});

describe("checkups", () => {
  test("after five silent minutes each end is asked once; a lost leave is found and ends the session", () => {
    const story = goesLive(new Story()).passes(299);
    expect(story.wanted()).toEqual([]);
    const effects = story.passes(1).wantedEffects();
    expect(effects.map(({ type }) => type).sort()).toEqual(["CheckPresence", "CheckRecorder"]);
    story.hears(presenceChecked(checkOf(effects, "CheckPresence"), []));
    expect(story.status.host.present).toBe(false);
    expect(story.passes(15).wanted()).toContain("StopRecorder");
  });

  test("an answer ranks below what came after the question was asked", () => {
    const story = goesLive(new Story()).passes(300);
    const check = checkOf(story.wantedEffects(), "CheckPresence");
    story.hears(hostLeft(5, { after: 300 }), hostJoined(6, { after: 301 }));
    story.hears(presenceChecked(check, []));
    expect(story.status.host.present).toBe(true);
  });

  test("and above what was known before: a late repetition of the join doesn't undo it", () => {
    const story = goesLive(new Story()).passes(300);
    story.hears(presenceChecked(checkOf(story.wantedEffects(), "CheckPresence"), []));
    expect(story.hears(hostJoined(1)).status.host.present).toBe(false);
    expect(story.hears(hostJoined(2, { after: 301 })).status.host.present).toBe(true);
  });

  test("0 means never", () => {
    expect(
      goesLive(new Story({ checkupMs: 0 }))
        .passes(3600)
        .wanted(),
    ).toEqual([]);
  });

  test("a question whose answer never came is asked again after two minutes", () => {
    const story = goesLive(new Story()).passes(300);
    story.wanted();
    expect(story.passes(119).wanted()).toEqual([]);
    expect(story.passes(1).wanted()).toContain("CheckPresence");
  });
});
