import type { PresentedDoubt } from "../operators/index.ts";
import { shortIso } from "./output/times.ts";

/** A doubt in a line, with its times in UTC. */
export function describeDoubt({ message, since, askedAgainAt }: PresentedDoubt, now: Date): string {
  const next = askedAgainAt === null ? "it is being asked" : `asked again at ${shortIso(askedAgainAt, now)}`;
  return `${message} Since ${shortIso(since, now)}; ${next}.`;
}
