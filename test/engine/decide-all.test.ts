import { expect, it, vi } from "vitest";

import { decideAll } from "../../src/engine/decide-all.ts";
import { decide, defaultPolicy, evolve, initialState, type LiveEvent } from "../../src/live/index.ts";

vi.mock(import("../../src/live/index.ts"), async (original) => {
  const live = await original();
  return { ...live, decide: vi.fn(live.decide) };
});

const context = { policy: defaultPolicy, capacityFree: true, defaultMode: "cloud-recording" as const };
const now = 1_800_000_000_000;

function given(...events: LiveEvent[]) {
  return events.reduce((state, event) => evolve(state, { at: now, event }, defaultPolicy).state, initialState(1));
}

const joined: LiveEvent = {
  type: "HostJoined",
  uid: 7,
  seq: 1,
  ts: now / 1000,
  clientType: null,
  communication: false,
};

it("decides until nothing more is asked for, and says when to look again", () => {
  const { decided, state, wakeAt, runaway } = decideAll(given(joined), now, context);
  expect(decided.map(({ event }) => event.type)).toEqual(["SessionOpened", "LiveInputRequested"]);
  expect(state).toBe(decided.at(-1)?.after);
  expect(runaway).toBe(false);
  expect(wakeAt).toBeGreaterThan(now);
  expect(decideAll(state, now, context).decided).toEqual([]);
});

it("gives up on decisions without end, and looks again after a minute", () => {
  vi.mocked(decide).mockImplementation(() => ({ decisions: [{ type: "HoldCleared", hold: 1 }], wakeAt: now + 5 }));
  const { decided, wakeAt, runaway } = decideAll(given(joined), now, context);
  expect({ decisions: decided.length, wakeAt, runaway }).toEqual({
    decisions: 10,
    wakeAt: now + 60_000,
    runaway: true,
  });
});

it("does not wake at once for a wish that was just looked at", () => {
  vi.mocked(decide).mockImplementation(() => ({ decisions: [], wakeAt: now }));
  expect(decideAll(given(joined), now, context).wakeAt).toBe(now + 1_000);
});
