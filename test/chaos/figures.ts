import { table } from "../../bench/table.ts";
import type { Account } from "./account.ts";
import { busiestSecond } from "./checks/rates.ts";
import { overlaps } from "./checks/recorders.ts";
import { faults } from "./faults.ts";
import { hostSpans, type Span } from "./host-spans.ts";
import { faultKinds } from "./plan.ts";
import { relaysOf } from "./relays.ts";

/** An evening and the same one without faults. */
export interface Pair {
  withFaults: Account;
  without: Account | null;
}

/** What was measured, as text. */
export function describeFigures(pairs: readonly Pair[]): string {
  return [recoveryTable(pairs), eveningTable(pairs)].join("\n");
}

function recoveryTable(pairs: readonly Pair[]): string {
  const rows = faultKinds.flatMap((kind) => {
    const of = (account: Account | null) =>
      (account?.recoveries ?? []).filter(({ fault }) => fault === kind).map(({ ms }) => ms);
    const faulted = pairs.flatMap(({ withFaults }) => of(withFaults));
    const plain = pairs.flatMap(({ without }) => of(without));
    if (faulted.length === 0) return [];
    return [[faults[kind].words, String(faulted.length), ...[faulted, plain].flatMap(medianAndWorst)]];
  });
  const head = ["fault", "times", "median", "worst", "without: median", "worst"];
  return table("Seconds from the fault until every host is on the air, and nobody else", head, rows);
}

function medianAndWorst(times: number[]): string[] {
  if (times.length === 0) return ["-", "-"];
  return [median(times), Math.max(...times)].map((ms) => (ms / 1000).toFixed(1));
}

/** Of two, what lies between them. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => sorted[Math.floor(index)] ?? NaN;
  return (at((sorted.length - 1) / 2) + at(sorted.length / 2)) / 2;
}

function eveningTable(pairs: readonly Pair[]): string {
  const faulted = pairs.map(({ withFaults }) => withFaults);
  const plain = pairs.flatMap(({ without }) => without ?? []);
  const rows = figures.map(({ words, of }) => [words, of(faulted), plain.length === 0 ? "-" : of(plain)]);
  return table(`${pairs.length} evenings`, ["", "with faults", "without"], rows);
}

const figures: { words: string; of: (accounts: readonly Account[]) => string }[] = [
  { words: "webhooks sent", of: sumOf(({ record }) => record.webhooks.length) },
  {
    words: "attempts at delivering them",
    of: sumOf(({ record }) => record.webhooks.reduce((sum, { attempts }) => sum + attempts.length, 0)),
  },
  { words: "webhooks lost on the way", of: sumOf(({ record }) => record.webhooks.filter(isLost).length) },
  { words: "recorders started", of: sumOf(({ record }) => relaysOf(record).length) },
  { words: "calls at the providers", of: sumOf(({ record }) => record.calls.length) },
  { words: "most calls at Agora in any second", of: mostOf(busiestSecond) },
  {
    words: "calls that Agora refused for their rate, unplanned",
    of: sumOf(({ record }) => record.calls.filter(({ status, planned }) => status === 429 && !planned).length),
  },
  { words: "recorders side by side, longest (s)", of: mostOf((account) => longest(account) / 1000, 2) },
  { words: "recorder time (s)", of: sumOf((account) => relayMs(account).all / 1000, 1) },
  { words: "of it beyond host time and grace (s)", of: sumOf((account) => relayMs(account).beyond / 1000, 1) },
];

function isLost({ outcome }: Account["record"]["webhooks"][number]): boolean {
  return outcome === "lost" || outcome === "failed";
}

function sumOf(value: (account: Account) => number, digits = 0): (accounts: readonly Account[]) => string {
  return (accounts) => accounts.reduce((sum, account) => sum + value(account), 0).toFixed(digits);
}

function mostOf(value: (account: Account) => number, digits = 0): (accounts: readonly Account[]) => string {
  return (accounts) => Math.max(...accounts.map(value)).toFixed(digits);
}

function longest(account: Account): number {
  return Math.max(0, ...overlaps(account).map(({ ms }) => ms));
}

/** How long recorders and converters were there, and how much of it while no host was there and the grace was over. */
function relayMs({ record }: Account): { all: number; beyond: number } {
  const spans = new Map<string, Span[]>();
  let all = 0;
  let beyond = 0;
  for (const { channel, startedAt, endedAt } of relaysOf(record)) {
    const hosts = spans.get(channel) ?? hostSpans(record, channel);
    spans.set(channel, hosts);
    const to = endedAt ?? Date.now();
    const covered = hosts.reduce(
      (sum, host) => sum + Math.max(0, Math.min(to, host.to) - Math.max(startedAt, host.from)),
      0,
    );
    all += to - startedAt;
    beyond += to - startedAt - covered;
  }
  return { all, beyond };
}
