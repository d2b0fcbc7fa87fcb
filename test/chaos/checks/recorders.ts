import type { Account } from "../account.ts";
import type { Problem } from "./problem.ts";

/**
 * How long two recorders of one channel may run side by side: a stop waits for its place in the rate; after a killed
 * process it waits for that one's jobs, 15 s and a heartbeat, and a call that hangs takes 8 s.
 */
const overlapMostMs = { withFaults: 30_000, without: 5_000 };

/** Never two recorders of one channel, but for the time that stopping one takes; and one live input a channel. */
export function checkRecorders(account: Account): Problem[] {
  const most = overlapMostMs[account.withFaults ? "withFaults" : "without"];
  const { state, plan } = account;
  return [
    ...overlaps(account)
      .filter(({ ms }) => ms > most)
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

export interface Overlap {
  channel: string;
  sids: [string, string];
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
