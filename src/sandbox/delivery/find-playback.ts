import type { Broadcast, LiveInput, World } from "../world/index.ts";
import { refusals } from "./refusals.ts";

/** What an id in a playback path stands for. */
export interface Playback {
  input: LiveInput;
  /** The video that was named; null if the input was. */
  video: Broadcast | null;
}

/**
 * Finds what an id names: a live input, or one of its videos, which stay when the input is deleted.
 *
 * @throws Refused with 404 for an id that nothing has
 */
export function findPlayback({ liveInputs }: World, id: string): Playback {
  const input = liveInputs.get(id);
  if (input !== null) return { input, video: null };
  const found = liveInputs.findVideo(id);
  if (found === null) throw refusals.notFound();
  return found;
}

/**
 * The same for what is watched and not only asked about: a signed token plays what it was signed for.
 *
 * @throws Refused with 401 for a plain id where only a signed token plays, or a token that is not good
 */
export function findWatchable(world: World, id: string): Playback {
  if (id.includes(".")) {
    const subject = world.signingKeys.subjectOf(id);
    if (subject === null) throw refusals.unsigned();
    return findPlayback(world, subject);
  }
  const playback = findPlayback(world, id);
  const { input, video } = playback;
  if (video?.isSigned ?? input.config.recording.requireSignedURLs) throw refusals.unsigned();
  return playback;
}
