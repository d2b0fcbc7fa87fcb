import type { Random } from "./random.ts";

/** Somebody does something: a control call of the sandbox. */
export interface Act {
  atMs: number;
  channel: string;
  /** Below `/sandbox`. */
  path: string;
  body: object;
}

/** The people of the evening: hosts, viewers and bots. Remembers who is where, so that every act is possible. */
export interface Troupe {
  perform(lastingMs: number, mood: Mood): Act[];
}

/** `leave`: hosts who are there mostly go. `start`: who is there comes back after the grace, which begins anew. */
export type Mood = "anything" | "leave" | "start";

type Role = "host" | "audience";
/** Hidden from the audience count of a channel: on-premise recording, Cloud Recording (Agora docs: clientType). */
const botClientTypes = [3, 10];
const floodSize = 25;

export function createTroupe(channels: readonly string[], random: Random): Troupe {
  /** Who is in which channel, as what. */
  const present = new Map<string, Map<number, Role>>(channels.map((channel) => [channel, new Map()]));
  let lastUid = 100_000;

  function perform(lastingMs: number, mood: Mood): Act[] {
    const acts = channels.flatMap((channel, i) => {
      const people = present.get(channel) ?? new Map<number, Role>();
      const stage = createStage(channel, people);
      // Not all at once: what is under way when a fault begins differs from channel to channel.
      let atMs = random.int(0, lastingMs / 2);
      for (const times = random.int(1, 2); stage.acts.length < times;) {
        atMs = hostDoes(stage, 1_000 + i, Math.min(atMs, lastingMs), mood);
      }
      if (random.isTrue(0.3)) guestDoes(stage, 2_000 + i, random.int(0, lastingMs));
      if (random.isTrue(0.3)) crowd(stage, random.int(0, lastingMs));
      return stage.acts;
    });
    // Those of one channel stay in their order.
    return acts.sort((a, b) => a.atMs - b.atMs);
  }

  /** @returns when the channel's next act may be */
  function hostDoes(stage: Stage, uid: number, atMs: number, mood: Mood): number {
    const role = stage.people.get(uid);
    if (role === undefined) {
      if (random.isTrue(0.2)) {
        stage.join(atMs, uid, "audience");
        stage.switchTo(atMs + 50, uid, "host");
      } else stage.join(atMs, uid, "host");
      return atMs + random.int(200, 900);
    }
    if (role === "audience") {
      stage.switchTo(atMs, uid, "host");
      return atMs + random.int(200, 900);
    }
    const chance = mood === "leave" ? random.next() * 0.6 : mood === "start" ? 1 : random.next();
    if (chance < 0.4) {
      stage.leave(atMs, uid);
      return atMs + random.int(200, 900);
    }
    if (chance < 0.6) {
      stage.switchTo(atMs, uid, "audience");
      return atMs + random.int(200, 900);
    }
    // A drop, and back: mostly within the grace, sometimes after it.
    stage.leave(atMs, uid);
    const backAt = atMs + (mood === "start" ? random.int(700, 1_000) : random.int(50, 900));
    stage.join(backAt, uid, "host");
    return backAt + random.int(100, 500);
  }

  /** A second host comes, and mostly goes again; or goes, if she has stayed. */
  function guestDoes(stage: Stage, uid: number, atMs: number): void {
    if (stage.people.has(uid)) stage.leave(atMs, uid);
    else {
      stage.join(atMs, uid, "host");
      if (random.isTrue(0.6)) stage.leave(atMs + random.int(100, 900), uid);
    }
  }

  /** A flood of viewers, some of whom go again, and a bot. */
  function crowd(stage: Stage, atMs: number): void {
    for (let i = 0; i < floodSize; i++) {
      const uid = ++lastUid;
      stage.join(atMs + i, uid, "audience");
      if (i % 2 === 0) stage.leave(atMs + i + 200, uid);
    }
    stage.join(atMs, ++lastUid, "host", { platform: 6, clientType: random.pick(botClientTypes) });
  }

  return { perform };
}

type Stage = ReturnType<typeof createStage>;

/** One channel in one scene. */
function createStage(channel: string, people: Map<number, Role>) {
  const acts: Act[] = [];
  const folder = { host: "hosts", audience: "audience" } as const;
  const act = (atMs: number, uid: number, role: Role, verb: string, body: object) => {
    acts.push({ atMs, channel, path: `/channels/${channel}/${folder[role]}/${uid}/${verb}`, body });
  };
  return {
    acts,
    people,
    join(atMs: number, uid: number, role: Role, options: object = {}) {
      act(atMs, uid, role, "join", options);
      people.set(uid, role);
    },
    leave(atMs: number, uid: number) {
      act(atMs, uid, people.get(uid) ?? "host", "leave", {});
      people.delete(uid);
    },
    switchTo(atMs: number, uid: number, role: Role) {
      act(atMs, uid, role === "host" ? "audience" : "host", "role", { role });
      people.set(uid, role);
    },
  };
}
