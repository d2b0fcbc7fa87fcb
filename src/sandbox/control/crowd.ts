import type { World } from "../world/index.ts";

export interface Crowd {
  viewers: number;
  /** Over how long they come, evenly; 0 is at once. */
  seconds?: number | undefined;
  /** How long each of them stays; without it, for good. */
  staySeconds?: number | undefined;
}

/** Uids of crowds, far from those that anybody else has; each is used once. */
const firstUid = 500_000_000;

/**
 * Lets viewers join a channel one after the other, and leave again, at the world's pace.
 *
 * @returns the uids that they have, in the order of their coming
 */
export function createCrowds(world: () => World): (channel: string, crowd: Crowd) => { uids: number[] } {
  let next = firstUid;
  return (channel, { viewers, seconds = 0, staySeconds }) => {
    const { people, timers } = world();
    const uids = Array.from({ length: viewers }, () => next++);
    uids.forEach((uid, n) => {
      timers.after((n * seconds * 1000) / viewers, () => {
        people.join(channel, uid, "audience");
        if (staySeconds === undefined) return;
        timers.after(staySeconds * 1000, () => {
          const isThere = people.in(channel)?.people.some((person) => person.uid === uid && person.role === "audience");
          if (isThere === true) people.leave(channel, uid, "audience", 1);
        });
      });
    });
    return { uids };
  };
}
