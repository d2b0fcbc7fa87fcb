import type { Resolution } from "../live/index.ts";
import type { Prices } from "./prices.ts";
import type { Recorded } from "./recorded-until.ts";

/** An estimate of what a session costs. Amounts are USD, to a millionth. */
export interface Cost {
  currency: "USD";
  /** Of the parts together. */
  amount: number;
  /** The date of the prices, ISO 8601. */
  asOf: string;
  resolution: Resolution;
  agora: { cloudRecording: Part; mediaPush: Part };
  /** One month of storage. */
  cloudflare: { storedMonth: Part };
}

interface Part {
  seconds: number;
  amount: number;
}

/** What of a session its cost follows from. Times are ms. */
export interface Costly {
  recorded: Recorded;
  resolution: Resolution;
  liveAt: number | null;
  closedAt: number | null;
  /** What Cloudflare made of it; none before that. */
  videos: readonly { durationSeconds: number | null; error: unknown; deletedAt?: string | null }[];
}

/**
 * Estimates what a session costs by today's prices. What is recorded at Cloudflare is its videos, or until there is
 * one the time since the session was first live; a video that could not be made, or was deleted, stores nothing.
 *
 * @param now - ms; a session that isn't closed is stored until then
 */
export function costOf(session: Costly, prices: Prices, now: number): Cost {
  const { recorded, resolution } = session;
  const { recordedSeconds, recordedSecondsMediaPush: pushed } = recorded;
  const cloudRecording = part(recordedSeconds - pushed, prices.cloudRecording[resolution]);
  const mediaPush = part(pushed, prices.mediaPush[resolution]);
  const storedMonth = part(storedSeconds(session, now), prices.stored);
  return {
    currency: "USD",
    amount: rounded(cloudRecording.amount + mediaPush.amount + storedMonth.amount, 6),
    asOf: prices.asOf,
    resolution,
    agora: { cloudRecording, mediaPush },
    cloudflare: { storedMonth },
  };
}

function storedSeconds({ liveAt, closedAt, videos }: Costly, now: number): number {
  const lasted = liveAt === null ? 0 : Math.max(0, (closedAt ?? now) - liveAt) / 1000;
  const stored = videos.filter(({ error, deletedAt }) => error === null && deletedAt == null);
  const lengths = stored.map(({ durationSeconds }) => durationSeconds);
  if (videos.length === 0 || lengths.some((length) => length === null)) return lasted;
  return lengths.reduce((sum: number, length) => sum + (length ?? 0), 0);
}

function part(seconds: number, per1000Minutes: number): Part {
  return { seconds: rounded(seconds, 3), amount: rounded((seconds / 60_000) * per1000Minutes, 6) };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
