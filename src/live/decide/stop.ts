import type { Decision } from "../events.ts";
import { isReachable } from "../recorders.ts";
import type { ChannelState, Recorder, RecorderStop } from "../state.ts";
import { type Deciding, overdueMs, type Rule } from "./deciding.ts";

/** An accepted stop that brought no end within this is asked about: Agora needs up to 90 s in a failover. */
const acceptedMs = 90_000;
const backoffMs = { first: 2_000, most: 60_000 };

/**
 * Any recorder of ours but the wanted one is stopped at once, host present or not: it costs money, and would push a
 * second picture. Without an id or a name there is nothing to stop it by; its next notification brings the id.
 */
export const stopUnwanted: Rule = (state, deciding) =>
  Object.entries(state.recorders).flatMap(([resourceId, recorder]) => {
    if (recorder.state === "ended" || !isReachable(recorder)) return [];
    if (state.relay?.resourceId === resourceId || isToBeResumed(state, resourceId)) return [];
    return stop(resourceId, recorder, deciding);
  });

/** Its start was not answered, and is about to be sent again. */
function isToBeResumed({ session, relay, hold }: ChannelState, resourceId: string): boolean {
  const startsAgain = session !== null && session.ending === null && hold === null && relay === null;
  return startsAgain && session.resume === resourceId;
}

/** How often a refused try at cutting off a recorder is repeated. */
const disableAgainMs = 60_000;

/**
 * A recorder whose stop was given up still pushes. While nobody is to be live, Cloudflare is told to refuse its picture,
 * so that a seller who has left is not on the air.
 */
export const cutOff: Rule = ({ recorders, session, liveInput }, { due }) => {
  const isWanted = session !== null && session.ending === null;
  const leaks = Object.values(recorders).some(({ state, stop: asked }) => state !== "ended" && asked?.dead === true);
  if (isWanted || !leaks || liveInput.uid === null || liveInput.disabled) return [];
  const { round, at } = liveInput.disable;
  return due(at + disableAgainMs) ? [{ type: "LiveInputDisableRequested", round: round + 1 }] : [];
};

function stop(resourceId: string, recorder: Recorder, { due, policy }: Deciding): Decision[] {
  const request = (round: number): Decision[] => [{ type: "RecorderStopRequested", resourceId, round }];
  const { stop: asked } = recorder;
  if (asked === null) return request(1);
  if (asked.dead) return [];
  if (due(asked.firstAt + policy.stopDeadMs)) {
    const error = asked.error ?? "accepted, but no end was seen";
    return [{ type: "RecorderStopDied", resourceId, round: asked.round, error }];
  }
  const at = nextRoundAt(recorder, asked);
  return at !== null && due(at) ? request(asked.round + 1) : [];
}

/**
 * When to stop again: after a failure with backoff; after an accepted stop only if it was seen to run since; without
 * any answer when none is to be expected any more, since the call was cancelled: the recorder passed for ended then.
 */
function nextRoundAt(recorder: Recorder, asked: RecorderStop): number | null {
  if (asked.failedAt !== null) {
    const backoff = Math.min(backoffMs.first * 2 ** (asked.round - 1), backoffMs.most);
    return asked.failedAt + Math.max(backoff, asked.retryAfterMs ?? 0);
  }
  if (asked.acceptedAt === null) return asked.requestedAt + overdueMs;
  const { check } = recorder;
  const seenRunning = check?.answeredAt != null && !check.failed && check.askedAt >= asked.acceptedAt + acceptedMs;
  return seenRunning && recorder.missingAt === null ? check.answeredAt : null;
}

/** When an accepted stop without an end is asked about. */
export function stopCheckAt(recorder: Recorder): number | null {
  const { stop: asked } = recorder;
  return asked?.acceptedAt == null ? null : asked.acceptedAt + acceptedMs;
}
