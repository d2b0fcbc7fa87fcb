import { createLogger } from "../../../src/log.ts";
import type { CallRecord, Provider, ProviderDeps, Slot, Slots } from "../../../src/providers/index.ts";

export interface Line extends Record<string, unknown> {
  msg: string;
}

/** Slots that are always free, waits that are over at once, a log and records that are kept; `happened` is the order of things. */
export function testDeps(): ProviderDeps & {
  happened: string[];
  held: { provider: Provider; ms: number }[];
  waits: number[];
  calls: CallRecord[];
  lines: () => Line[];
  text: () => string;
} {
  const happened: string[] = [];
  const held: { provider: Provider; ms: number }[] = [];
  const waits: number[] = [];
  const calls: CallRecord[] = [];
  const written: string[] = [];
  let taken = 0;

  const slots: Slots = {
    reserve(provider, count) {
      happened.push(`reserve ${provider} ${count}`);
      const reserved = Array.from({ length: count }, () => namedSlot(`slot ${(taken += 1)}`, happened));
      return Promise.resolve(reserved);
    },
    holdBack(provider, ms) {
      held.push({ provider, ms });
      return Promise.resolve();
    },
  };
  const log = createLogger({ level: "debug", destination: { write: (line) => written.push(line) } });
  return {
    slots,
    log,
    wait: (ms) => Promise.resolve(waits.push(ms)),
    onCall: (call) => calls.push(call),
    happened,
    held,
    waits,
    calls,
    lines: () => written.map((line) => JSON.parse(line) as Line),
    text: () => written.join(""),
  };
}

export function namedSlot(name: string, happened: string[]): Slot {
  return {
    ready() {
      happened.push(`${name} ready`);
      return Promise.resolve();
    },
  };
}
