import type { Settings } from "../settings.ts";

/** The providers' limits on callers. Each `take…` counts one call. */
export interface Rates {
  /** @returns false if this call is one too many in the last second */
  takeRecordingCall(): boolean;
  takeChannelQuery(): boolean;
  /** @param of - the project or the converter that the limit is for, with the kind of call */
  takeConverterCall(of: string, limit: number): boolean;
  /**
   * Cloudflare blocks every call for five minutes when there were too many in five minutes.
   *
   * @returns seconds until calls are allowed again; 0 if this one is
   */
  takeCloudflareCall(): number;
}

const fiveMinutesMs = 300_000;

export function createRates({ limits }: Settings): Rates {
  const recording = createWindow(1_000);
  const channelQueries = createWindow(1_000);
  const converters = new Map<string, ReturnType<typeof createWindow>>();
  const cloudflare = createWindow(fiveMinutesMs);
  let blockedUntil = 0;

  return {
    takeRecordingCall: () => recording(limits.recordingCallsPerSecond),
    takeChannelQuery: () => channelQueries(limits.channelQueriesPerSecond),
    takeConverterCall(of, limit) {
      const window = converters.get(of) ?? createWindow(1_000);
      converters.set(of, window);
      return window(limit);
    },
    takeCloudflareCall() {
      const now = Date.now();
      const limit = limits.cloudflareCallsPer5Minutes;
      if (limit === null) return 0;
      if (now >= blockedUntil && cloudflare(limit)) return 0;
      if (now >= blockedUntil) blockedUntil = now + fiveMinutesMs;
      return Math.ceil((blockedUntil - now) / 1000);
    },
  };
}

/** A sliding window. @returns takes a call if fewer than `limit` were taken in the last `widthMs` */
function createWindow(widthMs: number): (limit: number) => boolean {
  let taken: number[] = [];
  return (limit) => {
    const now = performance.now();
    taken = taken.filter((at) => at > now - widthMs);
    if (taken.length >= limit) return false;
    taken.push(now);
    return true;
  };
}
