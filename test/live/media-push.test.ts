import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { LiveEvent, RecordingEvent, RtmpStatus } from "../../src/live/index.ts";
import { rebuild, Story, t0 } from "./story.ts";
import {
  acquired,
  connected,
  hostJoined,
  hostLeft,
  hostUid,
  liveInputReady,
  presenceChecked,
  startAccepted,
  startFailed,
  videoReady,
} from "./words.ts";

const name = "tally-42-1-1";
const converter = "converter-1";
const mediaPush: LiveEvent = { type: "ChannelRegistered", hostUid: null, relayMode: "media-push" };

function told(recordingSid: string, order: number) {
  return { uid: null, recordingSid, sequence: order, sentAt: t0 + order };
}

function created(sid = converter): RecordingEvent {
  return { type: "RecorderStarted", ...told(sid, 1), name };
}

function pushIs(status: RtmpStatus, order: number): RecordingEvent {
  return { type: "RtmpStatusChanged", ...told(converter, order), status };
}

function destroyed(message: string, order = 9, sid = converter): RecordingEvent {
  return { type: "RecorderEnded", ...told(sid, order), name, cause: "stopped", code: null, message, files: [] };
}

function named(hosts: number[], attempt = 1) {
  return acquired(name, { mode: "media-push", hosts, attempt });
}

/** A host has joined and her converter runs. */
function pushes(story = new Story()): Story {
  story
    .hears(mediaPush)
    .hears(hostJoined(1))
    .hears(liveInputReady)
    .hears(named([hostUid]));
  story.hears(startAccepted(name, converter), created(), pushIs("publishing", 2)).hears(connected(5));
  story.wanted();
  return story;
}

describe("a channel that is carried by Media Push", () => {
  test("is live like any other, and stops like any other", () => {
    const story = pushes();
    expect(story.status).toMatchObject({
      state: "recording",
      live: true,
      relay: { mode: "media-push", state: "running", rtmp: "publishing" },
    });
    story.hears(hostLeft(2)).passes(15);
    expect(story.wantedEffects()).toMatchObject([{ type: "StopRecorder", resourceId: name }]);
    story.hears({ type: "RecorderStopAccepted", resourceId: name, round: 1 }).hears(destroyed("Delete Request"));
    expect(story.status).toMatchObject({ state: "stopped", isRecording: false });
    expect(story.hears(videoReady(5)).passes(3600).wanted()).toEqual([]);
  });

  test("gets another converter when its own is destroyed while the host is here", () => {
    const story = pushes().hears(destroyed("Internal Error")).passes(1);
    expect(story.wantedEffects()).toMatchObject([{ type: "StartRelay", mode: "media-push", attempt: 2 }]);
  });

  test("waits two minutes for a converter that is not found, since it may be moving", () => {
    const story = pushes().passes(300);
    while (story.state.recorders[name]?.state !== "ended") {
      for (const effect of story.wantedEffects()) {
        if (effect.type === "CheckPresence") story.hears(presenceChecked(effect.check, [hostUid]));
        if (effect.type !== "CheckRecorder") continue;
        story.hears({ ...effect, type: "RecorderChecked", found: "not_found", rtmp: null });
      }
      story.passes(1);
    }
    expect(story.now - (story.state.recorders[name].missingAt ?? story.now)).toBeGreaterThanOrEqual(120_000);
    expect(story.wanted()).toEqual(["StartRelay"]);
  });

  test("tells its converter who is shown, as hosts come and go, once a second, with numbers that only grow", () => {
    const story = pushes();
    const layouts = () => story.wantedEffects().map((effect) => (effect.type === "ArrangeHosts" ? effect : null));
    const accepted = (round: number) => story.hears({ type: "LayoutAccepted", resourceId: name, round });

    story.hears(hostJoined(1, { uid: 2002, after: 20 }));
    expect(layouts()).toMatchObject([{ round: 1, sequence: 0, hosts: [hostUid, 2002] }]);
    story.hears(hostJoined(1, { uid: 1500, after: 25 }));
    expect(layouts()).toEqual([]);
    accepted(1);
    expect(layouts()).toEqual([]);
    story.passes(1);
    expect(layouts()).toMatchObject([{ round: 2, sequence: 1, hosts: [hostUid, 2002, 1500] }]);
    accepted(2);
    story.passes(5).hears(hostLeft(2, { uid: 2002, after: 30 }));
    expect(layouts()).toMatchObject([{ round: 3, sequence: 2, hosts: [hostUid, 1500] }]);
  });

  test("shows the registered host first, and her guests too, but no bot and none of our own", () => {
    const story = pushes(new Story());
    story.hears({ type: "ChannelRegistered", hostUid, relayMode: "media-push" });
    story.hears(
      hostJoined(1, { uid: 900, after: -5 }),
      hostJoined(1, { uid: 901, after: 3, clientType: 3 }),
      hostJoined(1, { uid: 3_000_000_042, after: 3 }),
    );
    expect(story.wantedEffects()).toMatchObject([{ type: "ArrangeHosts", hosts: [hostUid, 900] }]);
  });

  test("keeps the picture as it is while nobody is here, so that whoever is back finds her place", () => {
    const story = pushes().hears(hostLeft(2)).passes(5);
    expect(story.wanted()).toEqual([]);
    story.hears(hostJoined(3)).passes(1);
    expect(story.wanted()).toEqual([]);
  });

  test("tries a refused layout again, and tells the newest: after 2 s, and twice as long each time", () => {
    const story = pushes().hears(hostJoined(1, { uid: 2002, after: 20 }));
    story.wanted();
    const error = { provider: "agora", operation: "update_converter", status: 503, code: null, message: "" } as const;
    story.hears({ type: "LayoutFailed", resourceId: name, round: 1, error }).passes(1);
    expect(story.wanted()).toEqual([]);
    story.hears(hostJoined(1, { uid: 2003, after: 21 })).passes(1);
    expect(story.wantedEffects()).toMatchObject([{ round: 2, sequence: 1, hosts: [hostUid, 2002, 2003] }]);
    story.hears({ type: "LayoutFailed", resourceId: name, round: 2, error }).passes(3);
    expect(story.wanted()).toEqual([]);
    story.passes(1).hears({ type: "LayoutAccepted", resourceId: name, round: 3 });
    expect(story.wantedEffects()).toMatchObject([{ round: 3 }]);

    story.passes(5).hears(hostJoined(1, { uid: 2004, after: 40 }));
    story.hears({ type: "LayoutFailed", resourceId: name, round: 4, error });
    story.wanted();
    expect(story.passes(2).wantedEffects()).toMatchObject([{ round: 5 }]);
  });

  test("finds a converter by its name when its creation was not answered and nobody wants it any more", () => {
    const story = new Story()
      .hears(mediaPush)
      .hears(hostJoined(1))
      .hears(liveInputReady)
      .hears(named([hostUid]));
    const unanswered = { resourceId: name, disposition: "retry", mayRun: true } as const;
    story.hears(startFailed(unanswered)).hears(hostLeft(2));
    expect(story.passes(14).wanted()).toEqual(["EnsureLiveInput", "StartRelay"]);
    expect(story.passes(1).wantedEffects()).toMatchObject([{ type: "StopRecorder", resourceId: name }]);
    story.hears({ type: "RecorderStopAccepted", resourceId: name, round: 1 });
    expect(story.hears(destroyed("Delete Request")).status.state).toBe("stopped");
  });

  test("keeps a converter whose creation was not answered while it is asked for again", () => {
    const story = new Story()
      .hears(mediaPush)
      .hears(hostJoined(1))
      .hears(liveInputReady)
      .hears(named([hostUid]));
    story.wanted();
    story.hears(startFailed({ resourceId: name, disposition: "retry", mayRun: true }));
    expect(story.wanted()).toEqual([]);
    expect(story.passes(2).wantedEffects()).toMatchObject([{ type: "StartRelay", resourceId: name, attempt: 2 }]);
  });

  test("stops a second converter of one name, made by a call that was carried out late", () => {
    const story = pushes().hears(destroyed("Internal Error"));
    story.hears(created("converter-late"));
    expect(story.wantedEffects()).toMatchObject([{ type: "StopRecorder", resourceId: "converter-late" }]);
    story.hears(destroyed("Delete Request", 9, "converter-late"));
    expect(story.state.recorders["converter-late"]?.state).toBe("ended");
  });

  test("says in words a seller can read that the provider's quota is used up", () => {
    const story = new Story()
      .hears(mediaPush)
      .hears(hostJoined(1))
      .hears(liveInputReady)
      .hears(named([hostUid]));
    const message = "the quota of HD converters is used up";
    const error = { provider: "agora", operation: "create_converter", status: 429, code: null, message } as const;
    story.hears(startFailed({ resourceId: name, disposition: "capacity", error }));
    expect(story.status.state).toBe("error");
    expect(story.status.reason).toMatchObject({ code: "capacity" });
    expect(story.status.reason?.message).toContain(message);
    story.wanted();
    expect(story.passes(30).wanted()).toEqual(["StartRelay"]);
  });
});

describe("a channel whose mode changes", () => {
  const cloudRecording: LiveEvent = { type: "ChannelRegistered", hostUid: null, relayMode: "cloud-recording" };

  test("keeps what runs, and takes the other way with its next relay", () => {
    const story = pushes().hears(cloudRecording).passes(60);
    expect(story.wanted()).toEqual([]);
    expect(story.status.relay.mode).toBe("media-push");
    story.hears(hostLeft(2)).passes(15);
    story.hears({ type: "RecorderStopAccepted", resourceId: name, round: 1 }).hears(destroyed("Delete Request"));
    story.wanted();
    story.hears(hostJoined(3, { after: 80 }));
    expect(story.wantedEffects()).toMatchObject([{ type: "StartRelay", mode: "cloud-recording", resourceId: null }]);
  });

  test("starts nothing again that was acquired for the other way", () => {
    const story = new Story().hears(hostJoined(1)).hears(liveInputReady).hears(acquired("res-1"));
    story.hears(startFailed({ resourceId: "res-1", disposition: "retry" })).hears(mediaPush);
    story.wanted();
    expect(story.passes(2).wantedEffects()).toMatchObject([{ mode: "media-push", resourceId: null }]);
  });
});

describe("for every order of a converter's notifications", () => {
  const events = [
    created(),
    ...(["connecting", "publishing", "disconnected"] as const).map((s, i) => pushIs(s, i + 2)),
  ];

  test("the facts are the same, and a rebuild gives them too", () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...events, destroyed("Idle Timeout")], { minLength: 5 }),
        fc.array(fc.nat(4), { maxLength: 5 }),
        (shuffled, repeated) => {
          const ends = (told: LiveEvent[]) => {
            const story = pushes().hears(...told);
            expect(rebuild(story.log)).toEqual(story.state);
            const { rtmp, ends, workers } = story.state.recorders[name] ?? {};
            return [Object.values(rtmp ?? {}).map(({ status }) => status), ends, workers];
          };
          const again = repeated.flatMap((i) => shuffled[i] ?? []);
          expect(ends([...shuffled, ...again])).toEqual(ends([...events, destroyed("Idle Timeout")]));
        },
      ),
      { numRuns: 300 },
    );
  });
});
