import type { Decision, RelayMode } from "../events.ts";
import type { Policy } from "../policy.ts";
import type { Resolution } from "../resolution.ts";
import type { ChannelState } from "../state.ts";

/** What a decision depends on beside the state and the time. */
export interface DecideContext {
  policy: Policy;
  /** Whether one more relay may be started, over all channels. */
  capacityFree: boolean;
  defaultMode: RelayMode;
  /** Of the picture that is pushed; HD if it isn't said. */
  resolution?: Resolution | undefined;
}

export interface Deciding extends DecideContext {
  now: number;
  /** Whether that time has come; if not, it becomes a wake-up. */
  due: (at: number) => boolean;
}

/** An answer that is so late won't come: its effect was cancelled. */
export const overdueMs = 120_000;

/** One rule: the facts that it finds missing, or none. */
export type Rule = (state: ChannelState, deciding: Deciding) => Decision[];
