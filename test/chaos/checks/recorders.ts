import type { Account } from "../account.ts";
import type { FaultKind } from "../plan.ts";
import type { Problem } from "./problem.ts";

/**
 * How long two recorders of one channel may run side by side until a stop is sent: as long as it waits for its place in
 * the rate. While a process or the database has a fault it may have to wait for a dead process's jobs (15 s and a
 * heartbeat), or for calls that hang (8 s each).
 */
const overlapMostMs = { usually: 2_000, inTrouble: 30_000 };
const troubles: readonly FaultKind[] = [
  "process-killed",
  "processes-killed-in-a-row",
  "postgres-restarted",
  "backends-terminated",
  "tables-locked",
  "provider-hangs",
];

/** Never two recorders of one channel, but for the time that stopping one takes; and one live input a channel. */
export function checkRecorders(account: Account): Problem[] {
  const { state, plan } = account;
  return [
    ...overlaps(account)
      .filter(({ from, ms }) => ms > overlapMostMs[isInTrouble(account, from, ms) ? "inTrouble" : "usually"])
      .map(({ channel, ms, sids }) => ({
        channel,
        words: `recorders ${sids.join(" and ")} ran side by side for ${ms} ms`,
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

function isInTrouble({ withFaults, recoveries }: Account, from: number, ms: number): boolean {
  return recoveries.some((one) => {
    return withFaults && troubles.includes(one.fault) && one.at <= from + ms && from <= one.at + one.ms;
  });
}

export interface Overlap {
  channel: string;
  sids: [string, string];
  from: number;
  ms: number;
}

/** Until one of the two ends, or Agora is asked to stop it, whatever it answers. */
export function overlaps({ record }: Pick<Account, "record">): Overlap[] {
  const lives = record.recorders.map((recorder) => ({ ...recorder, until: wantedUntil(recorder, record) }));
  return lives.flatMap((one, i) =>
    lives
      .slice(i + 1)
      .filter(({ cname }) => cname === one.cname)
      .map((other) => ({
        channel: one.cname,
        sids: [one.sid, other.sid] satisfies [string, string],
        from: Math.max(one.startedAt, other.startedAt),
        ms: Math.min(one.until, other.until) - Math.max(one.startedAt, other.startedAt),
      }))
      .filter(({ ms }) => ms > 0),
  );
}

type Recorder = Account["record"]["recorders"][number];

function wantedUntil({ sid, endedAt }: Recorder, { calls }: Account["record"]): number {
  const stop = calls.find(({ operation, path }) => operation === "stop" && path.includes(`/sid/${sid}/`));
  return Math.min(stop?.at ?? Infinity, endedAt ?? Infinity);
}
