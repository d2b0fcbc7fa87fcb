import type { ProviderError } from "../../live/index.ts";
import { carrierOf, unknownId } from "./carriers/index.ts";
import { ownError, type Perform, type Performance } from "./performance.ts";

/** Asks Agora who is in the channel. */
export const checkPresence: Perform<"CheckPresence"> = async ({ effect, channel, channels, call, waitForCheckup }) => {
  await waitForCheckup();
  const answer = await channels.users(channel.name, call);
  if (!answer.ok) return failed(effect.check, answer.error);
  const { channelExists, broadcasters, communication, audienceTotal } = answer;
  const outcome = {
    type: "PresenceChecked" as const,
    check: effect.check,
    channelExists,
    broadcasters,
    communication,
    audienceTotal,
  };
  return { outcomes: [outcome], error: null };
};

/** Asks Agora how a recorder is. */
export const checkRecorder: Perform<"CheckRecorder"> = async (scene) => {
  const { check, resourceId } = scene.effect;
  await scene.waitForCheckup();
  const answer = await carrierOf(scene, resourceId).query(scene, resourceId);
  if (answer === unknownId) return failed(check, ownError("agora", "query", "the recording's id is not known"));
  if (!answer.ok) return failed(check, answer.error);
  const { found, rtmp } = answer;
  return { outcomes: [{ type: "RecorderChecked", check, resourceId, found, rtmp }], error: null };
};

/** Asks Cloudflare how the live input is. */
export const checkIngest: Perform<"CheckIngest"> = async ({ effect, state, liveInputs, call, waitForCheckup }) => {
  const { check } = effect;
  const { uid } = state.liveInput;
  if (uid === null) return failed(check, ownError("cloudflare", "get_live_input", "the channel has no live input now"));
  await waitForCheckup();
  const answer = await liveInputs.get(uid, call);
  if (answer.ok) {
    const outcome = { type: "IngestChecked" as const, check, liveInput: uid, state: answer.liveInput.state };
    return { outcomes: [outcome], error: null };
  }
  const performance = failed(check, answer.error);
  if (!answer.notFound) return performance;
  return { ...performance, outcomes: [{ type: "LiveInputGone", liveInput: uid }, ...performance.outcomes] };
};

/** Asks Cloudflare's delivery whether viewers can watch. When its job runs is its place among such questions. */
export const checkPlayback: Perform<"CheckPlayback"> = async ({ effect, state, delivery, call }) => {
  const { check } = effect;
  const { uid, playbackBase } = state.liveInput;
  if (uid === null || playbackBase === null) {
    return failed(check, ownError("cloudflare", "lifecycle", "the channel's playback host is not known now"));
  }
  const answer = await delivery.look({ playbackBase, liveInput: uid }, call);
  const playable = answer.ok ? answer.playable : null;
  return { outcomes: [{ type: "PlaybackChecked", check, playable }], error: answer.ok ? null : answer.error };
};

function failed(check: number, error: ProviderError): Performance {
  return { outcomes: [{ type: "CheckFailed", check, error }], error };
}
