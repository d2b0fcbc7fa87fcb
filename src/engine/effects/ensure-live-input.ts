import type { LiveInput, LiveInputResult } from "../../providers/index.ts";
import { configured } from "./configured.ts";
import type { Perform, Performance, Scene } from "./performance.ts";

/**
 * Finds the channel's live input, or makes it. Looked for first, every time: an earlier create may have succeeded
 * unheard, Cloudflare has no idempotency key, and the search costs one call in a channel's life.
 */
export const ensureLiveInput: Perform<"EnsureLiveInput"> = async (scene) => {
  const answer = await findOrCreate(scene);
  if (answer.ok) return ready(scene, answer.liveInput);
  const { final, retryAfterMs, error } = answer;
  const { attempt } = scene.effect;
  return { outcomes: [{ type: "LiveInputFailed", attempt, final, retryAfterMs, error }], error };
};

async function findOrCreate({ channel, liveInputs, call }: Scene): Promise<LiveInputResult> {
  const found = await liveInputs.findByChannel(channel.name, call);
  if (!found.ok) return found;
  if (found.uid !== null) {
    const answer = await liveInputs.get(found.uid, call);
    if (answer.ok) return configured(liveInputs, answer.liveInput, call);
    if (!answer.notFound) return answer; // not found: it was deleted since it was listed
  }
  return liveInputs.create(channel.name, call);
}

function ready({ playbackBase }: Scene, liveInput: LiveInput): Performance {
  const outcome = {
    type: "LiveInputReady" as const,
    liveInput: liveInput.uid,
    playbackBase: playbackBase ?? liveInput.playbackBase,
    ...(liveInput.signed === null ? {} : { signed: liveInput.signed }),
  };
  return { outcomes: [outcome], error: null };
}
