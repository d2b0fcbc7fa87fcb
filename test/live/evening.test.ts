import { describe, expect, test } from "vitest";

import { mainUid, spareUid, stageUid, Story } from "./story.ts";
import {
  acquired,
  audienceSeen,
  channelDestroyed,
  connected,
  disconnected,
  goesLive,
  hostJoined,
  hostLeft,
  hostUid,
  liveInputReady,
  presenceChecked,
  recorderEnded,
  recorderStarted,
  rtmp,
  startAccepted,
  videoReady,
  watchableInputReady,
} from "./words.ts";

describe("going on the air", () => {
  test("a host's join opens a session and asks for the live input first", () => {
    const story = new Story().hears(hostJoined(1));
    expect(story.wanted()).toEqual(["EnsureLiveInput"]);
    expect(story.status).toMatchObject({ state: "starting", live: false, sessionId: "42-1" });
  });

  test("with the live input at hand, one relay is started with the recorder's own uid", () => {
    const story = new Story().hears(hostJoined(1)).hears(liveInputReady);
    expect(story.wantedEffects().at(-1)).toMatchObject({ type: "StartRelay", session: 1, attempt: 1, uid: mainUid });
    expect(story.status.relay.state).toBe("requested");
  });

  test("recording as soon as the start is accepted, live only when Cloudflare says connected", () => {
    const story = new Story().hears(hostJoined(1)).hears(watchableInputReady).hears(acquired("res-1"));
    expect(story.status.state).toBe("starting");
    story.hears(startAccepted("res-1", "sid-1"));
    expect(story.status).toMatchObject({ state: "recording", isRecording: true, live: false });
    story.hears(connected(6));
    expect(story.status).toMatchObject({ state: "recording", live: true, ingest: { state: "connected" } });
    expect(story.status.playback?.hls).toMatch(/^https:\/\/customer-demo\..*\/manifest\/video\.m3u8$/);
  });

  test("the recorder's notification alone is enough when the answer to the start is lost", () => {
    const story = new Story().hears(hostJoined(1)).hears(liveInputReady).hears(acquired("res-1"));
    story.hears(recorderStarted("sid-1"));
    expect(story.status.state).toBe("recording");
    expect(story.state.recorders["res-1"]?.recordingSid).toBe("sid-1");
  });

  test("nothing more is asked for once all is well", () => {
    const story = goesLive(new Story());
    expect(story.hears(hostJoined(1)).wanted()).toEqual([]);
    expect(story.status.reason).toBeNull();
  });

  test("a join that is eleven minutes old is asked about before it starts anything", () => {
    const story = new Story().hears(hostJoined(1, { after: -660 }));
    expect(story.wanted()).toEqual(["CheckPresence"]);
    expect(story.status.state).toBe("idle");
    story.hears(presenceChecked(1, [hostUid]));
    expect(story.wanted()).toEqual(["EnsureLiveInput"]);
  });

  test("an old join of a host who is gone starts nothing", () => {
    const story = new Story().hears(hostJoined(1, { after: -660 })).hears(presenceChecked(1, []));
    expect(story.wanted()).toEqual(["CheckPresence"]);
    expect(story.status.host.present).toBe(false);
  });
});

describe("going off the air", () => {
  test("a host who drops and is back within the grace keeps session and recorder", () => {
    const story = goesLive(new Story()).passes(60);
    story.hears(hostLeft(2, { after: 60 })).passes(14);
    expect(story.status).toMatchObject({ state: "recording", live: false, reason: { code: "host_away" } });
    story.hears(hostJoined(3, { after: 74 })).passes(60);
    expect(story.wanted()).toEqual([]);
    expect(story.status).toMatchObject({ state: "recording", live: true, sessionId: "42-1" });
  });

  test("after the grace the recorder is stopped, and the session closes when it has ended", () => {
    const story = goesLive(new Story()).passes(60);
    story.hears(hostLeft(2, { after: 60 })).passes(15);
    expect(story.wantedEffects()).toMatchObject([{ type: "StopRecorder", resourceId: "res-1", round: 1 }]);
    expect(story.status).toMatchObject({ state: "stopping", isRecording: true });
    story.hears({ type: "RecorderStopAccepted", resourceId: "res-1", round: 1 });
    story.hears(recorderEnded("sid-1", { sequence: 9 }));
    expect(story.status).toMatchObject({ state: "stopped", isRecording: false, live: false, playback: null });
    expect(story.status.stoppedAt).toBe(new Date(story.now).toISOString());
    expect(story.hears(videoReady(5)).passes(3600).wanted()).toEqual([]);
  });

  test("a host who returns while the stop is under way gets a new session and the other uid at once", () => {
    const story = goesLive(new Story()).passes(60);
    story
      .hears(hostLeft(2, { after: 60 }))
      .passes(15)
      .wanted();
    story.hears(hostJoined(3, { after: 80 }));
    expect(story.wantedEffects()).toMatchObject([{ type: "StartRelay", session: 2, attempt: 1, uid: spareUid }]);
    expect(story.status.sessionId).toBe("42-2");
  });

  test("Cloudflare's word of the last session doesn't make the next one live", () => {
    const story = goesLive(new Story()).passes(60);
    story
      .hears(hostLeft(2, { after: 60 }))
      .passes(15)
      .hears(recorderEnded("sid-1", { sequence: 9 }));
    story.passes(60).hears(hostJoined(3, { after: 135 }));
    story.hears(acquired("res-2", { session: 2, uid: spareUid }), startAccepted("res-2", "sid-2"));
    expect(story.status).toMatchObject({ live: false, ingest: { state: "unknown" } });
    story.hears(connected(140));
    expect(story.status.live).toBe(true);
  });

  test("the end of the channel ends the session when the host's own leave is lost", () => {
    const story = goesLive(new Story()).passes(60).hears(channelDestroyed(61)).passes(15);
    expect(story.wanted()).toEqual(["CheckPresence", "StopRecorder"]);
  });

  test("a late end of the last broadcast never ends the next one", () => {
    const story = new Story().hears(hostJoined(3, { after: 100 })).hears(channelDestroyed(99));
    expect(story.status.host.present).toBe(true);
    expect(story.passes(60).status.state).toBe("starting");
  });
});

describe("who counts as a host", () => {
  test("a viewer who becomes broadcaster is a host, and back again is none", () => {
    const story = new Story().hears(audienceSeen(1)).hears(hostJoined(2));
    expect(story.status.host.present).toBe(true);
    story.hears(hostLeft(3, { reason: null }));
    expect(story.status.host.present).toBe(false);
  });

  test("the leave wins over a join with the same counter", () => {
    expect(new Story().hears(hostJoined(5), hostLeft(5)).status.host.present).toBe(false);
    expect(new Story().hears(hostLeft(5), hostJoined(5)).status.host.present).toBe(false);
  });

  test("an older event is noted and changes nothing", () => {
    const story = new Story().hears(hostJoined(9)).hears(hostLeft(7));
    expect(story.status.host.present).toBe(true);
    expect(story.notes).toContain("clientSeq 7 is not newer than 9");
  });

  test.each([3, 10, 30, 43, 47, 48, 60, 68])("a bot (clientType %i) is no host", (clientType) => {
    expect(new Story().hears(hostJoined(1, { clientType })).wanted()).toEqual([]);
  });

  test.each([8, 28, 50])("a client of type %i brings a picture and is a host", (clientType) => {
    expect(new Story().hears(hostJoined(1, { clientType })).status.host.present).toBe(true);
  });

  test("once a bot, always a bot: a later event without the type doesn't make it a host", () => {
    const story = new Story().hears(hostJoined(1, { clientType: 10 })).hears(hostJoined(2));
    expect(story.status.host.present).toBe(false);
  });

  test.each([mainUid, spareUid, stageUid])("our own client %i is no host", (uid) => {
    expect(new Story().hears(hostJoined(1, { uid })).wanted()).toEqual([]);
  });

  test("with a registered host only that uid counts, bot or not", () => {
    const story = new Story().hears({ type: "ChannelRegistered", hostUid: 77, relayMode: null });
    expect(story.hears(hostJoined(1)).status.host.present).toBe(false);
    expect(story.hears(hostJoined(1, { uid: 77, clientType: 10 })).status.host.present).toBe(true);
  });

  test("in the communication profile only a registered host counts", () => {
    const story = new Story().hears(hostJoined(1, { communication: true }));
    expect(story.status.host.present).toBe(false);
    story.hears({ type: "ChannelRegistered", hostUid, relayMode: null });
    expect(story.status.host.present).toBe(true);
  });

  test("two hosts: the session lasts until both are gone", () => {
    const story = goesLive(new Story()).hears(hostJoined(1, { uid: 1002 }));
    story.hears(hostLeft(2)).passes(60);
    expect(story.status.state).toBe("recording");
    story.hears(hostLeft(2, { uid: 1002 })).passes(15);
    expect(story.status.state).toBe("stopping");
  });
});

describe("holds", () => {
  test("an operator's stop ends the session and outlives a short drop of the host", () => {
    const story = goesLive(new Story()).hears({ type: "StopRequested" });
    expect(story.wanted()).toEqual(["StopRecorder"]);
    expect(story.status).toMatchObject({ state: "stopped", hold: { reason: "operator_stop" } });
    story
      .hears(recorderEnded("sid-1", { sequence: 9 }))
      .hears(hostLeft(2))
      .passes(5);
    story.hears(hostJoined(3)).passes(600);
    expect(story.wanted().filter((type) => type === "StartRelay")).toEqual([]);
  });

  test("it ends when the host has left, so the next broadcast starts by itself", () => {
    const story = goesLive(new Story()).hears({ type: "StopRequested" });
    story
      .hears(recorderEnded("sid-1", { sequence: 9 }))
      .hears(hostLeft(2))
      .passes(15);
    expect(story.status.hold).toBeNull();
    story.wanted();
    story.hears(hostJoined(3, { after: 20 }));
    expect(story.wanted()).toEqual(["StartRelay"]);
  });

  test("an operator's start lifts it at once, and asking twice changes nothing", () => {
    const story = goesLive(new Story()).hears({ type: "StopRequested" }).hears({ type: "StopRequested" });
    story.hears(recorderEnded("sid-1", { sequence: 9 })).wanted();
    story.hears({ type: "StartRequested" }, { type: "StartRequested" });
    expect(story.wanted()).toEqual(["StartRelay"]);
  });

  test("a start by hand is a start now: nobody is asked about a host who joined long ago", () => {
    const story = goesLive(new Story({ checkupMs: 0 }))
      .passes(3600)
      .hears({ type: "StopRequested" });
    story
      .hears(recorderEnded("sid-1", { sequence: 9 }))
      .passes(3600)
      .wanted();
    story.hears({ type: "StartRequested" });
    expect(story.wanted()).toEqual(["StartRelay"]);
    story
      .passes(10)
      .hears(hostLeft(2, { after: 7210 }))
      .passes(15);
    expect(story.state.session?.ending?.reason).toBe("host_left");
  });

  test("a start by hand waits ten minutes for a host, then stops", () => {
    const story = new Story().hears({ type: "StartRequested" }).hears(liveInputReady);
    story.hears(acquired("res-1"), startAccepted("res-1", "sid-1"), connected(5)).wanted();
    story.passes(599);
    expect(story.status).toMatchObject({ state: "recording", live: false });
    expect(story.passes(1).wanted()).toContain("StopRecorder");
    expect(story.state.session?.ending?.reason).toBe("no_host");
  });

  test("once a host has come to it, her leaving ends it after the grace as usual", () => {
    const story = new Story().hears({ type: "StartRequested" }).hears(liveInputReady);
    story.hears(acquired("res-1"), startAccepted("res-1", "sid-1")).passes(10);
    story.hears(hostJoined(1, { after: 10 }), connected(12)).passes(10);
    story.hears(hostLeft(2, { after: 20 })).wanted();
    expect(story.passes(15).wanted()).toEqual(["StopRecorder"]);
  });

  test("the longest session is ended and held while the host stays", () => {
    const story = goesLive(new Story({ maxSessionMs: 60_000, checkupMs: 0 })).passes(60);
    expect(story.wanted()).toEqual(["StopRecorder"]);
    expect(story.status).toMatchObject({ hold: { reason: "max_duration" }, reason: { code: "max_duration" } });
  });

  test("a replay's hold starts nothing until the next word about a host", () => {
    const story = new Story().hears(hostJoined(1), { type: "HoldSet", hold: 1, reason: "replay" }).passes(60);
    story.hears(audienceSeen(1, 5));
    expect(story.wanted()).toEqual([]);
    expect(story.status.hold).toEqual({ reason: "replay" });
    story.hears(hostJoined(2));
    expect(story.status.hold).toBeNull();
    expect(story.wanted()).toEqual(["EnsureLiveInput"]);
  });
});

describe("the light", () => {
  test("a broken push is told, and is live again when it comes back", () => {
    const story = goesLive(new Story()).hears(rtmp("sid-1", "disconnected", { sequence: 2 }));
    expect(story.status).toMatchObject({ live: false, reason: { code: "rtmp_disconnected" } });
    story.hears(rtmp("sid-1", "publishing", { sequence: 3 }));
    expect(story.status).toMatchObject({ live: true, reason: null });
    story.hears(disconnected(20));
    expect(story.status).toMatchObject({ live: false, reason: { code: "ingest_lost" } });
  });
});
