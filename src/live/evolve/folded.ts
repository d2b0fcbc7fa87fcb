import type { ChannelState } from "../state.ts";

export interface Folded {
  state: ChannelState;
  /** Whether the event taught us anything. */
  taught: boolean;
  /** For people: why it did not, or what it reveals beside. */
  note: string | null;
}

export function learnt(state: ChannelState): Folded {
  return { state, taught: true, note: null };
}

export function nothing(state: ChannelState, note: string): Folded {
  return { state, taught: false, note };
}

/** The same with one more thing to say about it. */
export function noting(folded: Folded, remark: string | null): Folded {
  if (remark === null) return folded;
  return { ...folded, note: folded.note === null ? remark : `${folded.note}; ${remark}` };
}
