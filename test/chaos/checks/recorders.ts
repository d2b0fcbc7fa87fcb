import { type Account, outcomesOf } from "../account.ts";
import type { FaultKind } from "../plan.ts";
import { isStopOf, type Relay, relaysOf } from "../relays.ts";
import type { Problem } from "./problem.ts";

/**
 * How long two recorders or converters of one channel may run side by side until a stop is sent: as long as it waits for
 * its place in the rate. While a process or the database has a fault it may have to wait for a dead process's jobs (15 s
 * and a heartbeat), or for calls that hang (8 s each). A recorder whose start was not answered can't be stopped before a
 * notification brings its id, which is made to take 7 s; a new session doesn't wait for it, the same one does. A converter
 * is found by its name; a stop whose own answers are lost is repeated after 2 s.
 */
const overlapMostMs = { usually: 2_000, repeated: 5_000, unanswered: 10_000, inTrouble: 30_000 };
const troubles: readonly FaultKind[] = [
  "process-killed",
  "processes-killed-in-a-row",
  "postgres-restarted",
  "backends-terminated",
  "tables-locked",
  "provider-hangs",
];

/** Never two recorders or converters of one channel, but for the time that stopping one takes; and one live input a channel. */
export function checkRecorders(account: Account): Problem[] {
  const { state, plan } = account;
  return [
    ...overlaps(account)
      .filter((overlap) => overlap.ms > mostMs(account, overlap))
      .map(({ channel, ms, relays }) => ({
        channel,
        words: `${relays.map(({ kind, id }) => `${kind} ${id}`).join(" and ")} ran side by side for ${ms} ms`,
      })),
    ...plan.channels
      .map((channel) => ({
        channel,
        count: state.liveInputs.filter(({ meta }) => meta.tallyChannel === channel).length,
      }))
      .filter(({ count }) => count > 1)
      .map(({ channel, count }) => ({ channel, words: `${count} live inputs` })),
  ];
}

function mostMs(account: Account, { relays, from, ms }: Overlap): number {
  const isDuring = (kinds: readonly FaultKind[]) =>
    account.withFaults &&
    account.recoveries.some((one) => kinds.includes(one.fault) && one.at <= from + ms && from <= one.at + one.ms);
  if (isDuring(troubles)) return overlapMostMs.inTrouble;
  const [session, other] = relays.map(({ resource }) => {
    return outcomesOf(account, "RecorderAcquired").find(({ outcome }) => outcome.resourceId === resource)?.outcome
      .session;
  });
  if (session === other || !isDuring(["answers-lost"])) return overlapMostMs.usually;
  return relays.some(({ kind }) => kind === "recorder") ? overlapMostMs.unanswered : overlapMostMs.repeated;
}

export interface Overlap {
  channel: string;
  relays: [Relay, Relay];
  from: number;
  ms: number;
}

/** Until one of the two ends, or Agora is asked to stop it, whatever it answers. */
export function overlaps({ record }: Pick<Account, "record">): Overlap[] {
  const lives = relaysOf(record).map((relay) => ({ ...relay, until: wantedUntil(relay, record) }));
  return lives.flatMap((one, i) =>
    lives
      .slice(i + 1)
      .filter(({ channel }) => channel === one.channel)
      .map((other) => ({
        channel: one.channel,
        relays: [one, other] satisfies [Relay, Relay],
        from: Math.max(one.startedAt, other.startedAt),
        ms: Math.min(one.until, other.until) - Math.max(one.startedAt, other.startedAt),
      }))
      .filter(({ ms }) => ms > 0),
  );
}

function wantedUntil(relay: Relay, { calls }: Account["record"]): number {
  const stop = calls.find((call) => isStopOf(call, relay));
  return Math.min(stop?.at ?? Infinity, relay.endedAt ?? Infinity);
}
