import type { ChannelState } from "../state.ts";

export interface Folded {
  state: ChannelState;
  /** Why the event taught us nothing; null if it did. */
  note: string | null;
}

export function learnt(state: ChannelState): Folded {
  return { state, note: null };
}

export function nothing(state: ChannelState, note: string): Folded {
  return { state, note };
}
