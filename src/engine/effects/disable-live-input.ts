import { ownError, type Perform } from "./performance.ts";

/** Has Cloudflare refuse the live input's picture, which also ends a running broadcast (Cloudflare docs: start-stream-live). */
export const disableLiveInput: Perform<"DisableLiveInput"> = async ({ effect, state, liveInputs, call }) => {
  const { round } = effect;
  const { uid } = state.liveInput;
  if (uid === null) {
    const error = ownError("cloudflare", "disable_live_input", "the channel has no live input now");
    return { outcomes: [{ type: "LiveInputDisableFailed", round, error }], error };
  }
  const answer = await liveInputs.setEnabled(uid, false, call);
  if (answer.ok) return { outcomes: [{ type: "LiveInputSwitched", liveInput: uid, enabled: false }], error: null };
  const { error } = answer;
  return { outcomes: [{ type: "LiveInputDisableFailed", round, error }], error };
};
