import { type ChannelState, type Doubt, doubtOf, type Policy } from "../live/index.ts";

/** Its times are ISO 8601. */
export type PresentedDoubt = Pick<Doubt, "code" | "message"> & { since: string; askedAgainAt: string | null };

/** What of a channel isn't known now, as operators are shown it; null: nothing. */
export function presentDoubt(state: ChannelState, policy: Policy): PresentedDoubt | null {
  const doubt = doubtOf(state, policy);
  if (doubt === null) return null;
  const { code, message, since, askedAgainAt } = doubt;
  const iso = (ms: number) => new Date(ms).toISOString();
  return { code, message, since: iso(since), askedAgainAt: askedAgainAt === null ? null : iso(askedAgainAt) };
}
