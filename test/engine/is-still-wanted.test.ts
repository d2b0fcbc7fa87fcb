import { expect, it } from "vitest";

import { isStillWanted } from "../../src/engine/effects/is-still-wanted.ts";
import {
  type ChannelState,
  type Decision,
  defaultPolicy,
  effectOf,
  evolve,
  initialState,
  type LiveEvent,
} from "../../src/live/index.ts";

const at = 1_800_000_000_000;
const error = { provider: "agora" as const, operation: "stop", status: 500, code: null, message: "no" };

const opened: LiveEvent = { type: "SessionOpened", session: 1, cause: "host" };
const relay = (attempt: number): Decision => ({
  type: "RelayRequested",
  session: 1,
  attempt,
  uid: attempt,
  mode: "cloud-recording",
  resourceId: null,
});
const acquired: LiveEvent = { type: "RecorderAcquired", session: 1, attempt: 1, uid: 1, resourceId: "r" };
const accepted: LiveEvent = { type: "RecorderStartAccepted", resourceId: "r", recordingSid: "s" };
const ready: LiveEvent = { type: "LiveInputReady", liveInput: "i", playbackBase: null };
const input: Decision = { type: "LiveInputRequested", attempt: 1 };
const stop = (round: number): Decision => ({ type: "RecorderStopRequested", resourceId: "r", round });
const repoint: Decision = { type: "RepointRequested", session: 1, attempt: 1, resourceId: "r", round: 1 };
const withKeys: LiveEvent = { ...acquired, storageUntil: at + 3_600_000 };
const renewal = (round: number): Decision => ({ type: "StorageRenewalRequested", resourceId: "r", round });
const presence = (check: number): Decision => ({ type: "PresenceCheckRequested", check });
const recorderCheck: Decision = { type: "RecorderCheckRequested", check: 1, resourceId: "r" };
const ingest: Decision = { type: "IngestCheckRequested", check: 1 };
const proven: LiveEvent = { type: "RecorderStopConfirmed", resourceId: "r", round: 1 };
const running = [opened, relay(1), acquired, accepted];

function given(...events: LiveEvent[]): ChannelState {
  return events.reduce((state, event) => evolve(state, { at, event }, defaultPolicy).state, initialState(1));
}

const cases: [string, Decision, LiveEvent[], LiveEvent[]][] = [
  ["a live input once there is one", input, [], [ready]],
  ["a live input that was asked for again", input, [], [{ ...input, attempt: 2 }]],
  ["a start once it runs", relay(1), [opened], [acquired, accepted]],
  ["a start that another attempt replaced", relay(1), [opened], [relay(2)]],
  ["a start of a session that ends", relay(1), [opened], [{ type: "SessionEnding", session: 1, reason: "host_left" }]],
  ["a stop of what has ended", stop(1), running, [proven]],
  ["a stop that was asked for again", stop(1), running, [stop(2)]],
  ["a stop that is dead", stop(1), running, [{ type: "RecorderStopDied", resourceId: "r", round: 1, error: "no" }]],
  ["a push elsewhere of what has ended", repoint, running, [proven]],
  [
    "a push elsewhere of a relay that was released",
    repoint,
    running,
    [{ type: "RelayReleased", session: 1, attempt: 1, why: "ingest_lost", restarts: 1 }],
  ],
  ["other keys for what has ended", renewal(1), [opened, relay(1), withKeys, accepted], [proven]],
  ["other keys for what is to stop", renewal(1), [opened, relay(1), withKeys, accepted], [stop(1)]],
  ["other keys that were asked for again", renewal(1), [opened, relay(1), withKeys, accepted], [renewal(2)]],
  [
    "other keys that it has",
    renewal(1),
    [opened, relay(1), withKeys, accepted],
    [{ type: "StorageRenewed", resourceId: "r", round: 1, until: at + 7_200_000 }],
  ],
  [
    "other keys that were refused",
    renewal(1),
    [opened, relay(1), withKeys, accepted],
    [{ type: "StorageRenewalFailed", resourceId: "r", round: 1, retryAfterMs: null, error }],
  ],
  ["a question about presence that has its answer", presence(1), [], [{ type: "CheckFailed", check: 1, error }]],
  ["a question about presence that was asked again", presence(1), [], [presence(2)]],
  ["a question about a recorder that has ended", recorderCheck, running, [proven]],
  ["a question about the live input that has its answer", ingest, [ready], [{ type: "CheckFailed", check: 1, error }]],
];

it.each(cases)("%s is not wanted any more", (_, decision, before, after) => {
  const effect = effectOf(1, decision);
  if (effect === null) throw new Error(`${decision.type} has no effect`);
  expect(isStillWanted(effect, given(...before, decision))).toBe(true);
  expect(isStillWanted(effect, given(...before, decision, ...after))).toBe(false);
});

it("a start is wanted until it runs, acquired or not, and also if a replay holds the channel meanwhile", () => {
  const effect = effectOf(1, relay(1));
  if (effect === null) throw new Error("a relay has an effect");
  expect(isStillWanted(effect, given(opened, relay(1), acquired))).toBe(true);
  expect(isStillWanted(effect, given(opened, relay(1), { type: "HoldSet", hold: 1, reason: "replay" }))).toBe(true);
});
