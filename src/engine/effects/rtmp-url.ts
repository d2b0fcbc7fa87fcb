import type { LiveInputGone, ProviderError } from "../../live/index.ts";
import type { LiveInput, LiveInputResult, RtmpUrl } from "../../providers/index.ts";
import { configured } from "./configured.ts";
import { ownError, type Scene } from "./performance.ts";

export type RtmpUrlResult =
  | { ok: true; rtmpUrl: RtmpUrl }
  | { ok: false; final: boolean; retryAfterMs: number | null; error: ProviderError; gone: LiveInputGone[] };

/** Fetches where to push: each time anew, since the URL holds the stream key, which is kept nowhere. */
export async function fetchRtmpUrl(scene: Scene): Promise<RtmpUrlResult> {
  const { state, liveInputs, call } = scene;
  const { uid } = state.liveInput;
  if (uid === null) {
    const error = ownError("cloudflare", "get_live_input", "the channel has no live input now");
    return { ok: false, final: false, retryAfterMs: null, error, gone: [] };
  }
  const answer = state.liveInput.disabled ? await enable(scene, uid) : await liveInputs.get(uid, call);
  if (answer.ok) {
    const { liveInput } = await configured(liveInputs, answer.liveInput, call);
    await tellOf(scene, liveInput);
    return { ok: true, rtmpUrl: liveInput.rtmpUrl };
  }
  const { notFound, retryAfterMs, error } = answer;
  const gone = notFound ? [{ type: "LiveInputGone" as const, liveInput: uid }] : [];
  return { ok: false, final: answer.final && !notFound, retryAfterMs, error, gone };
}

/** Whether its links have to be signed is told before a viewer gets any. */
async function tellOf({ state, record }: Scene, { uid, signed }: LiveInput): Promise<void> {
  if (signed === null || signed === state.liveInput.signed) return;
  await record({ type: "LiveInputConfigured", liveInput: uid, signed });
}

/** Takes back that the input was disabled to cut off a recorder that could not be stopped. */
async function enable({ liveInputs, call, record }: Scene, uid: string): Promise<LiveInputResult> {
  const switched = await liveInputs.setEnabled(uid, true, call);
  if (!switched.ok) return switched;
  await record({ type: "LiveInputSwitched", liveInput: uid, enabled: true });
  return liveInputs.get(uid, call);
}
