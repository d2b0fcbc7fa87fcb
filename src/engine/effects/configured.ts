import type { LiveInput, LiveInputs } from "../../providers/index.ts";
import type { Scene } from "./performance.ts";

/**
 * Gives a live input the settings of today, if it has others. If that is refused, it goes on with those that it has: a
 * broadcast is worth more than how long it is kept.
 */
export async function configured(
  liveInputs: LiveInputs,
  liveInput: LiveInput,
  call: Scene["call"],
): Promise<{ ok: true; liveInput: LiveInput }> {
  if (liveInput.isAsConfigured) return { ok: true, liveInput };
  const answer = await liveInputs.configure(liveInput.uid, call);
  return answer.ok ? answer : { ok: true, liveInput };
}
