import { describe, expect, it } from "vitest";

import { changesBetween, isEnded } from "../../src/engine/replay-changes.ts";
import { type ChannelState, initialState, toStatus } from "../../src/live/index.ts";

const side = (state: ChannelState, version = 1) => ({
  state,
  status: toStatus(state, { channel: "shop", version, updatedAt: version * 1000, defaultMode: "cloud-recording" }),
});
const idle = initialState(1);
const held: ChannelState = { ...idle, hold: { reason: "operator_stop", at: 0 } };
const present = { present: true, seq: 1, ts: 1, by: "join", bot: false, communication: false, changed: 1 } as const;
const session = { number: 1, closedAt: null } as NonNullable<ChannelState["session"]>;

/** A list of exactly these. */
function inAnyOrder(members: readonly unknown[]): unknown {
  return expect.toSatisfy((list: unknown[]) => {
    expect(list).toHaveLength(members.length);
    expect(list).toEqual(expect.arrayContaining([...members]));
    return true;
  });
}

describe("changesBetween", () => {
  it("tells nothing of two states that look alike, whatever their version", () => {
    expect(changesBetween(side(idle), side({ ...idle, folded: 7 }, 9))).toEqual([]);
  });

  it("names each member of the status that differs, with null for what is not there", () => {
    const there = changesBetween(side(idle), side(held));
    expect(there).toEqual(
      inAnyOrder([
        { path: "state", before: "idle", after: "stopped" },
        { path: "reason.code", before: null, after: "operator_stop" },
        { path: "reason.message", before: null, after: expect.stringContaining("Stopped by request") as string },
        { path: "hold.reason", before: null, after: "operator_stop" },
      ]),
    );
    const back = there.map(({ path, before, after }) => ({ path, before: after, after: before }));
    expect(changesBetween(side(held), side(idle))).toEqual(inAnyOrder(back));
  });

  it("says in words what the status doesn't show", () => {
    const after: ChannelState = {
      ...idle,
      presence: { "1002": present, "1001": present, "1003": { ...present, present: false } },
      sessions: 2,
      liveInput: { ...idle.liveInput, uid: "input-1", disabled: true },
      recorders: {
        "res-1": { state: "running", recordingSid: "sid-1", stop: { dead: true } } as ChannelState["recorders"][string],
      },
      missed: { recording: 2, presence: 1 },
    };
    expect(changesBetween(side(idle), { status: side(idle).status, state: after })).toEqual(
      inAnyOrder([
        { path: "sessions", before: 0, after: 2 },
        { path: "in the channel", before: null, after: "1001, 1002" },
        { path: "live input", before: null, after: "input-1, disabled" },
        { path: "notifications not seen", before: 0, after: 3 },
        { path: "recorder res-1", before: null, after: "cloud-recording, running, sid-1, stop given up" },
      ]),
    );
  });
});

describe("isEnded", () => {
  it("is a channel whose last session is closed, not one that had none", () => {
    expect(isEnded(idle)).toBe(false);
    expect(isEnded({ ...idle, session })).toBe(false);
    expect(isEnded({ ...idle, session: { ...session, closedAt: 5 } })).toBe(true);
  });
});
