import { describe, expect, it } from "vitest";

import { fixture, meaningOf } from "./support.ts";

const agora = (body: object) => meaningOf("/agora", body);
const ofFixture = (file: string) => meaningOf(fixture(file).door, fixture(file).bytes);
const converter = { id: "8d31a7c05be9462f9a40c1d27e6f5b38", createTs: 1_790_003_600, updateTs: 1_790_003_605 };
const notice = (eventType: number, payload: object) => agora({ productId: 5, eventType, payload });

/** Four places a millisecond, so that of one second the worse word is the later. */
const place = (ms: number, rank: number) => ms * 4 + rank;

describe("Media Push events", () => {
  const common = { uid: null, recordingSid: converter.id };

  it("1: the converter was made, and its name tells whose it is", () => {
    const sentAt = 1_790_003_600_000;
    expect(ofFixture("push.1.json")).toEqual({
      kind: "event",
      event: { type: "RecorderStarted", ...common, name: "tally_42", sequence: place(sentAt, 1), sentAt },
    });
  });

  it("2: a sign of life", () => {
    const sentAt = 1_790_003_620_000;
    expect(ofFixture("push.2.json")).toEqual({
      kind: "event",
      event: {
        type: "RecorderSeen",
        ...common,
        sequence: place(sentAt, 2),
        sentAt,
        what: "converter updated",
        isRunning: true,
        files: [],
      },
    });
  });

  it.each([
    ["connecting", "connecting", 1],
    ["running", "publishing", 2],
    ["Failed", "disconnected", 3],
  ])("3: %s is a push that is %s", (state, status, rank) => {
    const sentAt = 1_790_003_605_000;
    expect(notice(3, { converter: { ...converter, state }, lts: 1_790_003_605 })).toEqual({
      kind: "event",
      event: { type: "RtmpStatusChanged", ...common, status, sequence: place(sentAt, rank), sentAt },
    });
  });

  it.each([
    ["Delete Request", "stopped", 0],
    ["Idle Timeout", "exited", null],
    ["Internal Error", "exited", null],
  ])("4: destroyed by %s", (destroyReason, cause, code) => {
    const payload = { converter: { ...converter, name: "tally-42-1-1" }, lts: 1_790_003_605, destroyReason };
    expect(notice(4, payload)).toMatchObject({
      kind: "event",
      event: { type: "RecorderEnded", ...common, name: "tally-42-1-1", cause, code, message: destroyReason },
    });
  });

  it("takes the time in milliseconds, as the documents say, and in seconds, as their samples show", () => {
    const at = (lts: unknown) => notice(3, { converter: { ...converter, state: "running" }, lts });
    expect(at(1_790_003_605_000)).toEqual(at(1_790_003_605));
    expect(at("1790003605")).toEqual(at(1_790_003_605));
  });

  it("recognises neither a state that isn't known, nor a notice without id or time, nor another event", () => {
    const ok = { converter: { ...converter, state: "running" }, lts: 1_790_003_605 };
    const odd: [number, object][] = [
      [3, { ...ok, converter: { ...converter, state: "resting" } }],
      [3, { ...ok, converter: { ...converter, state: undefined } }],
      [3, { ...ok, converter: { state: "running" } }],
      [3, { ...ok, converter: { ...converter, id: "../x" } }],
      [3, { ...ok, lts: undefined }],
      [3, { ...ok, lts: 1e300 }],
      [3, {}],
      [5, ok],
      [0, ok],
    ];
    for (const [eventType, payload] of odd) expect(notice(eventType, payload)).toMatchObject({ kind: "unrecognised" });
  });

  it("ignores the console's health check", () => {
    const payload = { converter: { id: "x", transcodeOptions: { rtcChannel: "test_webhook" } }, lts: 1 };
    expect(notice(1, payload)).toEqual({ kind: "ignored", note: "health check" });
  });
});
