import type { RelayMode } from "../../src/live/index.ts";
import { createRandom, type Random } from "./random.ts";
import { type Act, createTroupe, type Mood } from "./troupe.ts";

/** What can go wrong; `faults.ts` does it, and says what it is. */
export const faultKinds = [
  "process-killed",
  "processes-killed-in-a-row",
  "postgres-restarted",
  "backends-terminated",
  "tables-locked",
  "listen-black-holed",
  "provider-hangs",
  "provider-refuses",
  "provider-limits",
  "answers-lost",
  "webhooks-lost",
  "recorders-fail",
  "clock-ahead",
  "clock-behind",
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** People do something, in the midst of it something goes wrong, and then nothing more happens until all is well. */
export interface Scene {
  /** In the order of their time. */
  acts: Act[];
  /** For the sandbox: webhooks that come twice, late or after the next one. Part of every evening, with faults or not. */
  disorder: object[];
  fault: FaultKind;
  /** When the fault begins, from the beginning of the scene. */
  faultAtMs: number;
  /** For the fault's own chances. */
  faultSeed: number;
}

/** How pictures are carried: `both` is Cloud Recording, and Media Push for every other channel. */
export const eveningModes = ["cloud-recording", "media-push", "both"] as const;
export type EveningMode = (typeof eveningModes)[number];

/** The modes that channels have in such an evening. */
export function relayModes(mode: EveningMode): RelayMode[] {
  return mode === "both" ? ["cloud-recording", "media-push"] : [mode];
}

export interface EveningPlan {
  seed: number;
  mode: EveningMode;
  channels: string[];
  scenes: Scene[];
}

/**
 * Three evenings in a row have every kind of fault. A clock is off for a whole evening: a provider whose clock jumps
 * back is another matter than one whose clock is wrong.
 */
function kindsOf(seed: number, random: Random): FaultKind[] {
  switch (seed % 3) {
    case 0:
      return random.shuffled(["process-killed", "answers-lost", "postgres-restarted", "processes-killed-in-a-row"]);
    case 1:
      return random.shuffled([
        "backends-terminated",
        "tables-locked",
        "provider-refuses",
        "provider-limits",
        "provider-hangs",
      ]);
    default: {
      const clock = Math.floor(seed / 3) % 2 === 0 ? "clock-behind" : "clock-ahead";
      return [clock, ...random.shuffled<FaultKind>(["webhooks-lost", "recorders-fail", "listen-black-holed"])];
    }
  }
}

/** These are about what is called or sent next, so they come first. */
const fromTheStart: readonly FaultKind[] = [
  "provider-hangs",
  "provider-refuses",
  "provider-limits",
  "answers-lost",
  "webhooks-lost",
  "clock-ahead",
  "clock-behind",
];

/** So that there is something for the fault to spoil. */
const moods: Partial<Record<FaultKind, Mood>> = {
  "webhooks-lost": "leave",
  "answers-lost": "start",
  "provider-hangs": "start",
  "provider-refuses": "start",
  "provider-limits": "start",
};

/** Three evenings in a row have each mode, and nine each mode with each kind of fault. */
function modeOf(seed: number): EveningMode {
  return eveningModes[(seed + Math.floor(seed / 3)) % 3] ?? "both";
}

const channelCount = 6;
const sceneMs = 1_500;

/**
 * The whole evening, made of nothing but its seed.
 *
 * @param options.kinds - the faults, one a scene; by default the seed says
 * @param options.mode - by default the seed says
 */
export function planEvening(
  seed: number,
  { kinds, mode = modeOf(seed) }: { kinds?: readonly FaultKind[]; mode?: EveningMode | undefined } = {},
): EveningPlan {
  const random = createRandom(seed);
  const channels = Array.from({ length: channelCount }, (_, i) => `channel_${i + 1}`);
  const troupe = createTroupe(channels, random);
  const scenes = (kinds ?? kindsOf(seed, random)).map((fault) => ({
    acts: troupe.perform(sceneMs, moods[fault] ?? "anything"),
    disorder: disorder(random, mode),
    fault,
    faultAtMs: fromTheStart.includes(fault) ? 0 : random.int(150, sceneMs),
    faultSeed: random.int(0, 2 ** 31),
  }));
  return { seed, mode, channels, scenes };
}

/** NCS's product for what carries the picture. */
export const carrierProducts: Readonly<Record<RelayMode, number>> = { "cloud-recording": 3, "media-push": 5 };

function disorder(random: Random, mode: EveningMode): object[] {
  const products = [1, ...relayModes(mode).map((carrier) => carrierProducts[carrier])];
  const kinds = [...products.map((product) => ({ kind: "agora", product })), { kind: "cloudflare-live" }];
  return random.shuffled(["duplicate", "reorder", "delay", "duplicate", "reorder", "delay"]).map((action) => ({
    match: random.pick(kinds),
    action,
    times: random.int(1, 4),
    ms: random.int(0, 400),
  }));
}
