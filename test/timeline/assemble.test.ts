import { describe, expect, test } from "vitest";

import { call, evening, facts, find, happened, linesOf, tellStory } from "./story.ts";

const {
  joined,
  left,
  opened,
  requested,
  accepted,
  failed,
  connected,
  disconnected,
  stop,
  recorderEnded,
  ending,
  closed,
} = facts;

describe("an evening without trouble", () => {
  const timeline = tellStory(
    [
      happened(0, joined),
      happened(0.1, opened),
      happened(0.2, requested),
      happened(1, accepted),
      happened(3, connected),
      happened(600, left),
      happened(615, ending),
      happened(615.1, stop),
      happened(618, recorderEnded),
      happened(618.1, closed),
    ],
    { closedAt: evening + 618_100, endReason: "host_left", calls: [call(0.5)] },
  );

  test("is told in its order, each decision with its reason, each wait with how it went", () => {
    expect(linesOf(timeline)).toEqual([
      "20:00:00 host: Host 1001 joined",
      "20:00:00 tally: Session 1 opened: a host is here (uid 1001)",
      "20:00:00 tally: Asked Agora to start a recorder: a host is present (attempt 1; Cloud Recording as uid 999042)",
      "20:00:00 calls: Agora start done (POST api.agora.io/v1/start; HTTP 200 after 120 ms)",
      "20:00:01 recorder: Recorder runs: its start was accepted (recording sid-1)",
      "20:00:01 tally: Waits 45 s for Cloudflare to say that the picture arrived (it said so after 2 s)",
      "20:00:03 cloudflare: Picture arrived at Cloudflare",
      "20:10:00 host: Host 1001 left (the connection timed out)",
      "20:10:00 tally: Waits 15 s for a host to come back (nobody came back)",
      "20:10:15 tally: Session 1 ends: the host left and did not come back in time",
      "20:10:15 tally: Asked Agora to stop the recorder: nobody wants it any more (resource resource-1)",
      "20:10:15 tally: Recorder resource-1 is to stop (it ended after 2.9 s)",
      "20:10:18 recorder: Recorder ended (recording sid-1)",
      "20:10:18 tally: Session 1 closed: nothing of it runs any more (it ended because the host left and did not come back in time)",
    ]);
    expect(timeline.entries.filter(({ tone }) => tone === "bad")).toEqual([]);
    expect(timeline).toMatchObject({ sessionId: "42-1", endReason: "host_left", isTruncated: false });
  });

  test("has spans and deadlines with their ends, and events with their clocks", () => {
    expect(find(timeline, "Waits 15 s")).toMatchObject({ kind: "deadline", untilAt: "2026-03-01T20:10:15.000Z" });
    expect(find(timeline, "is to stop")).toMatchObject({ kind: "deadline", untilAt: "2026-03-01T20:10:18.000Z" });
    expect(find(timeline, "Host 1001 joined")).toMatchObject({
      kind: "event",
      occurredAt: "2026-03-01T19:59:59.600Z",
      skewMs: 400,
      tone: "good",
    });
    expect(timeline.clocks).toEqual({
      agora: { medianMs: 400, mostMs: 400 },
      cloudflare: { medianMs: 400, mostMs: 400 },
    });
    expect(find(timeline, "Agora start")).toMatchObject({
      kind: "call",
      call: { ms: 120, at: "2026-03-01T20:00:00.500Z" },
    });
  });
});

describe("what went wrong is told with its reason", () => {
  test("a start that fails, the wait, and the next try", () => {
    const again = { ...requested, attempt: 2, resourceId: "resource-1" };
    const timeline = tellStory([
      happened(0, joined),
      happened(0.1, opened),
      happened(0.2, requested),
      happened(1, failed),
      happened(3, again),
    ]);
    expect(linesOf(timeline).slice(3)).toEqual([
      "20:00:01 recorder: Recorder did not start (start: HTTP 500, code 65: sorry)",
      "20:00:01 tally: Waits 2 s before the next try (tried again after 2 s)",
      "20:00:03 tally: Asked Agora to start a recorder again: the last one failed (start: HTTP 500, code 65: sorry) " +
        "(attempt 2; Cloud Recording as uid 999042; with the same resource resource-1)",
    ]);
  });

  test("a start that failed for good is followed by no wait", () => {
    const final = { ...failed, disposition: "final" } as const;
    const timeline = tellStory([
      happened(0, joined),
      happened(0.1, opened),
      happened(0.2, requested),
      happened(1, final),
    ]);
    expect(linesOf(timeline).at(-1)).toBe(
      "20:00:01 recorder: Recorder did not start, and trying again can't help (start: HTTP 500, code 65: sorry)",
    );
  });

  test("an event that taught nothing", () => {
    const old = { type: "rtc.103", status: "ignored", note: "clientSeq 7 is not newer than 9" };
    expect(tellStory([happened(1, joined, old)]).entries).toMatchObject([
      { title: "Host 1001 joined: ignored", detail: "clientSeq 7 is not newer than 9", tone: "neutral" },
    ]);
    expect(linesOf(tellStory([happened(1, joined, { status: "ignored" }), happened(2, left)])).join()).not.toContain(
      "Waits",
    );
  });

  test("a recorder that died is replaced, and why", () => {
    const timeline = tellStory([
      happened(0, joined),
      happened(0.1, opened),
      happened(60, { ...recorderEnded, cause: "exited", code: 20, message: "abnormal exit" }),
      happened(60.1, { type: "RelayReleased", session: 1, attempt: 1, why: "recorder_ended", restarts: 1 }),
      happened(61, { ...requested, attempt: 2 }),
    ]);
    expect(find(timeline, "Recorder exited")).toMatchObject({
      tone: "bad",
      detail: "recording sid-1; code 20; abnormal exit",
    });
    expect(find(timeline, "start a recorder again").title).toBe(
      "Asked Agora to start a recorder again: the last one failed (it has ended, and the host is still wanted on the air)",
    );
  });

  test("a picture that is gone and comes back", () => {
    const timeline = tellStory([
      happened(0, joined),
      happened(0.1, opened),
      happened(60, disconnected),
      happened(66, connected),
    ]);
    expect(find(timeline, "Waits 20 s for the picture")).toMatchObject({ detail: "it came back after 6 s" });
  });

  test("an effect that was given up, is still open, or was not wanted any more", () => {
    const effect = { id: 9, eventId: 1, type: "StopRecorder", status: "dead", attempts: 3, error: "HTTP 500" } as const;
    const told = (given: object) => tellStory([happened(0, stop)], { effects: [{ ...effect, ...given }] }).entries[0];
    expect(told({})).toMatchObject({
      tone: "bad",
      effectId: 9,
      detail: "resource resource-1; given up after 3 tries: HTTP 500",
    });
    expect(told({ status: "open", attempts: 0 })?.detail).toContain("still to be done (not begun)");
    expect(told({ status: "cancelled" })?.detail).toContain("nobody wanted it any more");
    expect(told({ status: "failed" })).toMatchObject({ detail: "resource resource-1", tone: "neutral" });
  });

  test("a call without an end is under way, or its process was killed in it", () => {
    const calls = [
      call(0, { outcome: null, ms: null, status: null }),
      call(3_590, { outcome: null, ms: null, status: null }),
    ];
    expect(tellStory([], { calls }).entries).toMatchObject([
      { title: "Agora start has no end: its process was killed in it", tone: "bad" },
      { title: "Agora start under way", tone: "neutral" },
    ]);
  });

  test.each([
    [{ outcome: "retry", status: 500, code: "65" }, "Agora start failed, to be tried again (HTTP 500, code 65)"],
    [{ outcome: "final", status: 400, code: "2" }, "Agora start failed, not tried again (HTTP 400, code 2)"],
    [{ outcome: "retry", status: null }, "Agora start failed, to be tried again (no answer)"],
    [{ outcome: "capacity", status: 429 }, "Agora start refused: the provider is full (HTTP 429)"],
    [
      { provider: "cloudflare", operation: "get_live_input", outcome: "not_found", status: 404 },
      "Cloudflare get live input found nothing: it is gone, or moves (HTTP 404)",
    ],
    [{ outcome: "of_another_version", status: 418 }, "Agora start of another version (HTTP 418)"],
  ] as const)("a call that brought no success: %j", (given, title) => {
    const { entries } = tellStory([], { calls: [call(0.5, { ...given, error: "sorry" })] });
    expect(entries).toMatchObject([{ title, tone: "bad", type: "operation" in given ? given.operation : "start" }]);
  });
});

describe("Cloudflare's silence", () => {
  const checked = { type: "IngestChecked", check: 2, liveInput: "input-1", state: "connected" } as const;
  const start = [happened(0, joined), happened(0.1, opened), happened(0.2, requested), happened(1, accepted)];
  const refused = {
    source: "cloudflare",
    door: "/cloudflare/live",
    why: "wrong secret",
    from: new Date(evening + 7_000),
    to: new Date(evening + 600_000),
    count: 37,
  } as const;

  test("is told where an answer shows it, with since when, and the deliveries that were refused", () => {
    const given = { heardBefore: { cloudflare: evening - 59_000 }, refusals: [refused] };
    const timeline = tellStory([...start, happened(47, checked)], given);
    expect(find(timeline, "Checkup: Cloudflare says connected")).toMatchObject({
      tone: "bad",
      detail:
        "its own word of it never came: nothing from Cloudflare since 19:59:01; " +
        "37 deliveries to /webhooks/cloudflare/live refused between 20:00:07 and 20:10:00: wrong secret",
    });
    expect(find(timeline, "Waits 45 s")).toMatchObject({
      detail: "it did not; asked, it said so after 46 s",
      tone: "bad",
    });
    expect(find(timeline, "Webhooks refused at the address of Cloudflare")).toMatchObject({
      tone: "bad",
      at: "2026-03-01T20:00:07.000Z",
      untilAt: "2026-03-01T20:10:00.000Z",
    });
    expect(linesOf(timeline).join()).not.toContain("Not a word");
  });

  test("is told of once, at a time that stays, where nothing was refused", () => {
    for (const now of [60_000, 3_600_000]) {
      const silence = find(tellStory(start, { now: evening + now }), "Not a word of Cloudflare's");
      expect(silence).toMatchObject({ tone: "bad", lane: "cloudflare", at: "2026-03-01T20:00:46.000Z" });
    }
    expect(linesOf(tellStory(start, { closedAt: evening + 30_000 })).join()).not.toContain("Not a word");
  });

  test("and no alarm is refused webhooks where the session lacks none", () => {
    const word = happened(3, connected, { type: "live_input.connected" });
    expect(find(tellStory([...start, word], { refusals: [refused] }), "Webhooks refused")).toMatchObject({
      title: "Webhooks refused at the address of Cloudflare; this session is not known to lack one",
      tone: "neutral",
    });
    const gone = happened(300, { ...checked, state: "disconnected" });
    const timeline = tellStory([...start, word, gone], { refusals: [refused] });
    expect(find(timeline, "Webhooks refused")).toMatchObject({ tone: "bad" });
    expect(find(timeline, "Checkup: Cloudflare says disconnected").detail).toContain("its own word of it never came");
  });

  test("is none where its word came, or comes a moment after the answer", () => {
    const word = (at: number) => happened(at, connected, { type: "live_input.connected" });
    for (const events of [
      [...start, word(3), happened(300, checked)],
      [...start, happened(47, checked), word(48)],
    ]) {
      const timeline = tellStory(events);
      expect(find(timeline, "Checkup: Cloudflare says connected")).toMatchObject({ tone: "neutral", detail: null });
      expect(linesOf(timeline).join()).not.toContain("Not a word");
    }
    expect(linesOf(tellStory(start, { now: evening + 20_000 })).join()).not.toContain("Not a word");
  });
});

describe("beside the events", () => {
  test("viewers are one line, and an open session says when it is looked at next", () => {
    const timeline = tellStory([], { viewers: 34, wakeAt: evening + 3_612_000 });
    expect(linesOf(timeline)).toEqual([
      "20:00:00 host: Viewers came and went 34 times, which is left out here",
      "21:00:00 tally: Looks again by itself at 21:00:12, or with the next event (in 12 s)",
    ]);
    expect(tellStory([], { closedAt: evening, wakeAt: evening + 1 }).entries).toEqual([]);
  });

  test("an event that means nothing to a channel is told by its name", () => {
    const unknown = { ...happened(1, joined), event: null, type: "recording.9", description: "Recording event 9" };
    const timeline = tellStory([{ ...unknown, status: "unrecognised", note: "no event that Tally knows" }]);
    expect(timeline.entries).toMatchObject([
      { lane: "recorder", title: "Recording event 9", detail: "no event that Tally knows", tone: "bad" },
    ]);
  });

  test("there are 5,000 entries at most, and it is said that there were more", () => {
    const timeline = tellStory([], { calls: Array.from({ length: 5_001 }, (_, i) => call(i)) });
    expect(timeline.entries).toHaveLength(5_000);
    expect(timeline.isTruncated).toBe(true);
    expect(timeline.entries.at(-1)?.at).toBe(new Date(evening + 4_999_000).toISOString());
  });

  test("of one moment, the log's order counts", () => {
    const at = { receivedAt: evening };
    const timeline = tellStory([happened(1, joined, { id: 9, ...at }), happened(1, opened, { id: 10, ...at })]);
    expect(timeline.entries.map(({ eventId }) => eventId)).toEqual([9, 10]);
  });
});
