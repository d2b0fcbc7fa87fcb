import { isStillWanted } from "../engine/index.ts";
import type { ChannelState, OperatorEvent } from "../live/index.ts";
import type { StoredEffect } from "./effects.ts";
import { Refused } from "./refused.ts";

/**
 * The event by which a dead effect is tried again. Where its channel knows that it was given up, a new effect follows of
 * that, with all its tries; otherwise (`EffectRetried`) the channel still waits for this one, and it only lacks a job.
 *
 * @throws {Refused} if the effect is not dead, or nobody wants it any more
 */
export function wayToRetry(stored: StoredEffect, state: ChannelState): OperatorEvent {
  const {
    item: { id, status },
    effect,
  } = stored;
  if (status !== "dead") {
    throw new Refused("effect_not_dead", `Effect ${id} is not dead but ${status}: nothing to try again.`);
  }
  switch (effect.type) {
    case "StopRecorder":
      assertStopDead(id, state, effect.resourceId);
      return { type: "StopRetried", resourceId: effect.resourceId };
    case "DeleteVideo":
      if (state.deletions?.[effect.video]?.dead !== true) throw goneOn(stored, state);
      return { type: "VideoDeletionRetried", video: effect.video };
    default:
      if (!isStillWanted(effect, state)) throw goneOn(stored, state);
      return { type: "EffectRetried", effectId: id, effect: effect.type };
  }
}

function assertStopDead(id: number, { recorders }: ChannelState, resourceId: string): void {
  const recorder = recorders[resourceId];
  if (recorder === undefined || recorder.state === "ended") {
    throw notWanted(`Effect ${id} is not wanted any more: its recorder has ended.`);
  }
  if (recorder.stop?.dead !== true) {
    throw notWanted(`Effect ${id} is not needed: Tally is stopping that recorder, try ${recorder.stop?.round ?? 0}.`);
  }
}

/** A start that died is a failed start: the channel tried others, or was held. */
function goneOn({ item: { id, channel } }: StoredEffect, { hold }: ChannelState): Refused {
  const release =
    hold === null
      ? ""
      : ` It is held (${hold.reason}): to release it lets it start ("tally channels release ${channel}").`;
  return notWanted(`Effect ${id} is not wanted any more: ${channel} has gone on without it.${release}`);
}

function notWanted(message: string): Refused {
  return new Refused("effect_not_wanted", message);
}
