import { describe, expect, test } from "vitest";

import type { LiveEvent } from "../../src/live/index.ts";
import { facts, find, happened, linesOf, tellStory, uid } from "./story.ts";

const { joined, left, opened, requested, accepted, connected, disconnected, stop, recorderEnded, ending, closed } =
  facts;
const start = [
  happened(0, joined),
  happened(0.1, opened),
  happened(0.2, requested),
  happened(1, accepted),
  happened(2, connected),
];
const bad = (events: Parameters<typeof tellStory>[0]) =>
  tellStory(events).entries.flatMap(({ tone, title }) => (tone === "bad" ? [title] : []));

describe("a notice that was not seen", () => {
  const push = (sequence: number) =>
    ({ type: "RtmpStatusChanged", status: "connecting", uid: 9, recordingSid: "sid-1", sequence, sentAt: 1 }) as const;
  const late = (seconds: number, sequence: number, of: LiveEvent = push(sequence)) =>
    happened(seconds, of, { note: `sequence ${sequence} was not seen until now` });

  test("is no alarm if it was only overtaken", () => {
    const timeline = tellStory([...start, happened(3, push(2), { note: "sequence 1 not seen" }), late(3.4, 1)]);
    expect(find(timeline, "Push is connecting")).toMatchObject({
      tone: "neutral",
      detail: "sequence 1 came a moment after it",
    });
  });

  test("is one as long as one of several is missing, or only another recorder's came", () => {
    const gap = happened(3, push(4), { note: "its host is gone; sequence 1-3 not seen" });
    expect(find(tellStory([...start, gap, late(4, 2)]), "Push is connecting")).toMatchObject({
      tone: "bad",
      detail: "its host is gone; a notice before it is lost or late: sequence 1, 3 not seen",
    });
    const others = [1, 2, 3].map((n) => late(4 + n, n, { ...push(n), recordingSid: "sid-2" }));
    expect(find(tellStory([...start, gap, ...others]), "Push is connecting").tone).toBe("bad");
  });

  test("of a host is told the same way", () => {
    const again = happened(60, joined, { note: "the leave before it was not seen" });
    expect(tellStory([again]).entries[0]).toMatchObject({
      tone: "bad",
      detail: "a notice before it is lost or late: the leave not seen",
    });
    const found = happened(61, left, { status: "ignored", note: "older; it is the leave that was not seen" });
    expect(tellStory([again, found]).entries[0]).toMatchObject({
      tone: "good",
      detail: "the leave came 1 s after it",
    });
  });
});

describe("a normal end", () => {
  const exited = { type: "RecorderChecked", check: 3, resourceId: "resource-1", found: "exited", rtmp: null } as const;
  const broken = {
    type: "RtmpStatusChanged",
    status: "disconnected",
    uid: 9,
    recordingSid: "sid-1",
    sequence: 5,
    sentAt: 1,
  } as const;

  test("has nothing red in it, though picture, push and recorder are gone", () => {
    const end = [happened(600, left), happened(615, ending), happened(615.1, stop)];
    const gone = [happened(616, broken), happened(617, disconnected), happened(618, exited)];
    expect(bad([...start, ...end, ...gone, happened(619, recorderEnded), happened(619.1, closed)])).toEqual([]);
    expect(bad([...start, ...gone])).toEqual([
      "Push is disconnected",
      "Picture is gone from Cloudflare",
      "Checkup: the recorder has ended",
    ]);
  });
});

describe("why a question was asked", () => {
  const ofRecorder = { type: "RecorderCheckRequested", check: 2, resourceId: "resource-1" } as const;
  const whoIsHere = { type: "PresenceCheckRequested", check: 1 } as const;
  const ofPicture = { type: "IngestCheckRequested", check: 3 } as const;
  const missing = {
    type: "RecorderChecked",
    check: 2,
    resourceId: "resource-1",
    found: "not_found",
    rtmp: null,
  } as const;

  test("is told as it was: silence, or what is in doubt", () => {
    const told = (...events: [number, LiveEvent][]) =>
      tellStory([...start, ...events.map(([at, event]) => happened(at, event))]).entries.flatMap(({ title }) =>
        title.startsWith("Asked") && title.includes(" is: ") ? [title] : [],
      );
    expect(told([301, ofRecorder])).toEqual(["Asked Agora how the recorder is: it has been silent for 5 min"]);
    expect(told([30, ofRecorder])).toEqual(["Asked Agora how the recorder is: something may be wrong with it"]);
    expect(told([301, missing], [331, ofRecorder])).toEqual(["Asked Agora how the recorder is: it was not found"]);
    expect(told([30, disconnected], [50, ofRecorder])).toEqual([
      "Asked Agora how the recorder is: its picture is missing",
    ]);
    expect(told([30, requested], [76, ofRecorder])).toEqual([
      "Asked Agora how the recorder is: its picture has not arrived",
    ]);
    expect(told([615.1, stop], [700, ofRecorder])).toEqual([
      "Asked Agora how the recorder is: that it stopped was not heard",
    ]);
    expect(told([30, ofPicture])).toEqual(["Asked Cloudflare how the picture is: it may be gone"]);
    expect(told([30, disconnected], [50, ofPicture])).toEqual(["Asked Cloudflare how the picture is: it is missing"]);
  });

  test("of who is here too", () => {
    const told = (seconds: number) => find(tellStory([...start, happened(seconds, whoIsHere)]), "who is here:").title;
    expect(told(300)).toBe("Asked Agora who is here: nothing was heard of uid 1001 for 5 min");
    expect(told(30)).toBe("Asked Agora who is here: who is here is in doubt");
  });
});

describe("a checkup that finds another host than was told of", () => {
  const checked = (broadcasters: number[]) =>
    ({
      type: "PresenceChecked",
      check: 1,
      channelExists: true,
      broadcasters,
      communication: false,
      audienceTotal: 12,
    }) as const;

  test("says whose leave or join was lost, and when that was", () => {
    const timeline = tellStory([...start, happened(300, checked([]))]);
    expect(find(timeline, "Checkup: Agora")).toMatchObject({
      title: "Checkup: Agora says that nobody broadcasts; the leave of uid 1001 was never heard (a lost webhook)",
      detail: "uid 1001 left between 20:00:00, when last heard of, and 20:05:00; 12 in the audience",
      tone: "bad",
    });
    expect(find(tellStory([...start, happened(300, checked([uid, 7]))]), "Checkup: Agora")).toMatchObject({
      title: "Checkup: Agora says that uids 1001, 7 broadcast; the join of uid 7 was never heard (a lost webhook)",
      detail: "uid 7 joined before 20:05:00; 12 in the audience",
      tone: "bad",
    });
  });

  test("is no alarm where the word comes a moment later, or all is as told", () => {
    expect(bad([...start, happened(300, checked([])), happened(301, left)])).toEqual([]);
    expect(bad([...start, happened(300, checked([uid, 7])), happened(301, { ...joined, uid: 7 })])).toEqual([]);
    expect(bad([...start, happened(300, checked([uid]))])).toEqual([]);
  });
});

describe("a replay", () => {
  const replay = happened(
    90,
    { type: "ReplayRequested", act: true },
    { status: "ignored", note: "for the record", by: "cli" },
  );
  const mended = happened(-600, joined, { id: 1 });

  test("that opens a session is named as what did, with the host it found", () => {
    const lines = linesOf(tellStory([mended, replay, happened(90.1, opened), happened(90.2, requested)]));
    expect(lines).toEqual([
      "19:50:00 host: Host 1001 joined",
      "20:01:30 operator: Events replayed: the history was taken in anew, and what it leads to is done (by cli)",
      "20:01:30 tally: Session 1 opened: a host is here (uid 1001), as the replay showed",
      "20:01:30 tally: Asked Agora to start a recorder: a host is present, as the replay showed (attempt 1; Cloud Recording as uid 999042)",
    ]);
    expect(linesOf(tellStory([replay, happened(90.1, opened)])).at(-1)).toBe(
      "20:01:30 tally: Session 1 opened: a host is here, as the replay showed",
    );
  });

  test("is no reason for what is decided after the next event", () => {
    const lines = linesOf(tellStory([mended, replay, happened(91, connected), happened(92, opened)]));
    expect(lines.at(-1)).toBe("20:01:32 tally: Session 1 opened: a host is here (uid 1001)");
  });

  test("and a start by hand stays one", () => {
    const byHand = [happened(0, { ...opened, cause: "manual" }), happened(0.1, requested)];
    expect(linesOf(tellStory(byHand)).map((line) => line.replace(/ \(.*/, ""))).toEqual([
      "20:00:00 tally: Session 1 opened: a start was asked for by hand",
      "20:00:00 tally: Asked Agora to start a recorder: a start was asked for by hand",
    ]);
  });
});

describe("a broadcast that is over for its viewers", () => {
  const over = { type: "BroadcastEnded", broadcast: 1 } as const;
  const checked = (state: "connected" | "disconnected") =>
    ({ type: "IngestChecked", check: 2, liveInput: "input-1", state }) as const;
  const told = (...events: [number, LiveEvent][]) => {
    const timeline = tellStory([...start, ...events.map(([at, event]) => happened(at, event))]);
    const { title, detail } = find(timeline, "roadcast");
    return [title, detail];
  };

  test("is told as over while the picture is gone", () => {
    expect(told([60, disconnected], [180, over])).toEqual([
      "Broadcast over for its viewers: the picture has been gone for 2 min",
      null,
    ]);
  });

  test("and with how long it was gone, as far as anybody knows, when it comes back", () => {
    expect(told([60, disconnected], [360, connected], [360.1, over])).toEqual([
      "The broadcast before the gap is over: viewers were without a picture for 5 min",
      "gone from 20:01:00 until 20:06:00",
    ]);
    const released = { type: "RelayReleased", session: 1, attempt: 1, why: "recorder_ended", restarts: 1 } as const;
    expect(told([400, released], [401, requested], [420, checked("connected")], [420.1, over])).toEqual([
      "The broadcast before the gap is over: viewers were without a picture for 20 s at least",
      "gone from between 20:00:02 and 20:06:40 until 20:07:00",
    ]);
    const unfound = {
      type: "RecorderChecked",
      check: 2,
      resourceId: "resource-1",
      found: "not_found",
      rtmp: null,
    } as const;
    expect(
      told([310, unfound], [340, unfound], [400, released], [401, requested], [420, connected], [420.1, over]),
    ).toEqual([
      "The broadcast before the gap is over: viewers were without a picture for 110 s at least",
      "gone from between 20:00:02 and 20:05:10 until 20:07:00",
    ]);
    expect(told([400, connected], [400.1, over])).toEqual([
      "The broadcast before the gap is over: nobody knows for how long viewers were without a picture",
      "gone from some time after 20:00:02 until 20:06:40",
    ]);
  });
});

test("whether anybody was told of what changed", () => {
  const announced = happened(3, { type: "Announced", session: 1, n: 1, notification: "live.started" });
  const told = (endpoints: number, delivered: number) => {
    const notifications = [{ eventId: announced.id, endpoints, delivered }];
    return linesOf(tellStory([announced], { notifications }));
  };
  expect(linesOf(tellStory([announced]))).toEqual(["20:00:03 tally: Announced: live.started"]);
  expect(told(0, 0)).toEqual(["20:00:03 tally: Status changed: live.started (nobody to tell: no endpoint wants it)"]);
  expect(told(2, 0)).toEqual(["20:00:03 tally: App to be told: live.started (not delivered yet, or given up)"]);
  expect(told(2, 1)).toEqual(["20:00:03 tally: App told: live.started"]);
});
