import { isStillWanted } from "../../engine/index.ts";
import type { ChannelState, OperatorEvent } from "../../live/index.ts";
import { Failure } from "../failure.ts";
import type { StoredEffect } from "../store/effects.ts";

/**
 * How a dead effect is tried again. Where its channel knows that it was given up, the operator's word is an event, of which
 * a new effect follows, with all its tries; otherwise the channel still waits for this one, and it only lacks a job.
 *
 * @throws {Failure} if the effect is not dead, or nobody wants it any more
 */
export function wayToRetry(stored: StoredEffect, state: ChannelState): OperatorEvent | "job" {
  const { id, status, effect } = stored;
  if (status !== "dead") throw new Failure(`Effect ${id} is not dead but ${status}: nothing to try again.`);
  switch (effect.type) {
    case "StopRecorder":
      assertStopDead(id, state, effect.resourceId);
      return { type: "StopRetried", resourceId: effect.resourceId };
    case "DeleteVideo":
      if (state.deletions?.[effect.video]?.dead !== true) throw notWanted(stored, state);
      return { type: "VideoDeletionRetried", video: effect.video };
    default:
      if (!isStillWanted(effect, state)) throw notWanted(stored, state);
      return "job";
  }
}

function assertStopDead(id: number, { recorders }: ChannelState, resourceId: string): void {
  const recorder = recorders[resourceId];
  if (recorder === undefined || recorder.state === "ended") {
    throw new Failure(`Effect ${id} is not wanted any more: its recorder has ended.`);
  }
  if (recorder.stop?.dead !== true) {
    throw new Failure(`Effect ${id} is not needed: Tally is stopping that recorder, try ${recorder.stop?.round ?? 0}.`);
  }
}

/** A start that died is a failed start: the channel tried others, or was held. */
function notWanted({ id, channel }: StoredEffect, { hold }: ChannelState): Failure {
  const release =
    hold === null ? "" : ` It is held (${hold.reason}): "tally channels release ${channel}" lets it start.`;
  return new Failure(`Effect ${id} is not wanted any more: ${channel} has gone on without it.${release}`);
}
