import { expect, test } from "vitest";

import { formatTimeline } from "../../src/cli/sessions/format-timeline.ts";
import { call, evening, facts, happened, tellStory } from "../timeline/story.ts";

const { joined, opened, requested, failed, accepted, left, ending, recorderEnded } = facts;
const checked = { type: "IngestChecked", check: 2, liveInput: "input-1", state: "connected" } as const;
const timeline = tellStory(
  [
    happened(-1, recorderEnded, {
      type: "recording.31",
      status: "ignored",
      note: "no recorder of ours has uid 999042",
    }),
    happened(0, joined),
    happened(0.1, opened),
    happened(0.2, requested),
    happened(1, failed),
    happened(3, { ...requested, attempt: 2, resourceId: "resource-1" }),
    happened(4.2, accepted),
    happened(50, checked),
    happened(3_725, left),
    happened(3_740, ending),
  ],
  {
    closedAt: evening + 3_741_000,
    endReason: "host_left",
    calls: [call(0.5, { status: 500, outcome: "retry", error: "sorry", code: "65" }), call(3.1)],
    heardBefore: { cloudflare: evening - 60_000 },
    refusals: [
      {
        source: "cloudflare",
        door: "/cloudflare/live",
        why: "cf-webhook-auth is none of the 1 secrets of CLOUDFLARE_NOTIFICATION_SECRET",
        from: new Date(evening),
        to: new Date(evening + 600_000),
        count: 37,
      },
    ],
  },
);

test("a timeline fits 80 columns, and can be read without knowing the code", () => {
  const text = formatTimeline(timeline, { columns: 80, colour: false }, { allCalls: false });
  expect(text).toMatchInlineSnapshot(`
    "Session 1 of shoes (42-1), 2026-03-01, opened at 20:00:00 UTC, closed at
    21:02:21 (host_left)
    Heard later than by their own clocks: Agora 0.4 s (0.4 s at most)

    19:59:59       -1.0s   recorder   Recorder ended: ignored
                                        recording sid-1; no recorder of ours has uid
                                        999042
    20:00:00       +0.0s   host       Host 1001 joined
    20:00:00       +0.0s ! cloudflare Webhooks refused at the address of Cloudflare:
                                      whatever they told is not here
                                        37 deliveries to /webhooks/cloudflare/live
                                        refused between 20:00:00 and 20:10:00:
                                        cf-webhook-auth is none of the 1 secrets of
                                        CLOUDFLARE_NOTIFICATION_SECRET; of all
                                        channels, since what is refused is not read
    20:00:00       +0.1s   tally      Session 1 opened: a host is here (uid 1001)
    20:00:00       +0.2s   tally      Asked Agora to start a recorder: a host is
                                      present
                                        attempt 1; Cloud Recording as uid 999042
    20:00:00       +0.5s ! calls      Agora start failed, to be tried again (HTTP
                                      500, code 65)
                                        POST api.agora.io/v1/start; HTTP 500 after
                                        120 ms; sorry
    20:00:01       +1.0s ! recorder   Recorder did not start
                                        start: HTTP 500, code 65: sorry
    20:00:01       +1.0s   tally      Waits 2 s before the next try
                                        tried again after 2 s
    20:00:03       +3.0s   tally      Asked Agora to start a recorder again: the
                                      last one failed (start: HTTP 500, code 65:
                                      sorry)
                                        attempt 2; Cloud Recording as uid 999042;
                                        with the same resource resource-1
    20:00:04       +4.2s   recorder   Recorder runs: its start was accepted
                                        recording sid-1
    20:00:04       +4.2s ! tally      Waits 45 s for Cloudflare to say that the
                                      picture arrived
                                        it did not; asked, it said so after 46 s
    20:00:50      +50.0s ! cloudflare Checkup: Cloudflare says connected
                                        its own word of it never came: nothing from
                                        Cloudflare since 19:59:00; 37 deliveries to
                                        /webhooks/cloudflare/live refused between
                                        20:00:00 and 20:10:00: cf-webhook-auth is
                                        none of the 1 secrets of
                                        CLOUDFLARE_NOTIFICATION_SECRET
    21:02:05 +1h 02m 05s   host       Host 1001 left
                                        the connection timed out
    21:02:05 +1h 02m 05s   tally      Waits 15 s for a host to come back
                                        nobody came back
    21:02:20 +1h 02m 20s   tally      Session 1 ends: the host left and did not come
                                      back in time

    Left out: 1 call that went well; --calls shows all.
    "
  `);
  expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
});

test("calls that went well are shown where they are asked for, and what went wrong is red where there is colour", () => {
  const text = formatTimeline(timeline, { columns: 80, colour: true }, { allCalls: true });
  expect(text).toContain("Agora start done");
  expect(text).not.toContain("--calls");
  const [red] = text.split("\u001b[39m").filter((line) => line.includes("Agora start failed"));
  expect(red).toContain("\u001b[31m20:00:00");
});

test("says that it is not all, and wraps what has no spaces", () => {
  const long = "x".repeat(200);
  const told = {
    ...timeline,
    isTruncated: true,
    keptFrom: null,
    entries: timeline.entries.map((entry) => ({ ...entry, detail: long })),
  };
  const text = formatTimeline(told, { columns: 60, colour: false }, { allCalls: true });
  expect(text).toContain("only the first 5,000 entries");
  expect(text.split("\n").filter((line) => line.length > 60)).toEqual([]);
});
