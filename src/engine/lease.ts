import { createDeferred } from "../deferred.ts";

/** This process is not known to be alive, so that another may be doing its work: no provider call may begin. */
export class LeaseLost extends Error {
  override name = "LeaseLost";
}

/**
 * The right to call providers: held while the database has recently confirmed that this process is alive. Others take
 * over its jobs when it was silent for 15 s; a call may begin up to 5 s after the last confirmed heartbeat and takes 8 s
 * at most, so no call outlives the lease.
 */
export interface Lease {
  /**
   * A heartbeat is in the database.
   *
   * @param sentAt - when it was sent, by the monotonic clock (ms): it is no younger than that
   */
  confirm(sentAt: number): void;
  /** @throws {LeaseLost} if no call may begin now */
  assertHeld(): void;
  isHeld(): boolean;
  /** Resolves with the first heartbeat, so that the first job of a process doesn't fail for want of one. */
  begun(): Promise<void>;
  /** Gives the lease up for good: the process is stopping. */
  end(): void;
  /** Aborted by `end`, for whoever waits for a slot. */
  signal: AbortSignal;
}

/** @param options.now - a monotonic clock, ms */
export function createLease({ lifetimeMs = 5_000, now = () => performance.now() } = {}): Lease {
  const ending = new AbortController();
  let confirmedAt: number | null = null;
  const firstBeat = createDeferred<undefined>();

  function assertNotEnded(): void {
    if (ending.signal.aborted) throw new LeaseLost("this process is stopping");
  }

  return {
    confirm(sentAt) {
      confirmedAt = Math.max(confirmedAt ?? sentAt, sentAt);
      firstBeat.resolve(undefined);
    },
    assertHeld() {
      assertNotEnded();
      const age = confirmedAt === null ? Infinity : now() - confirmedAt;
      if (age > lifetimeMs) throw new LeaseLost(`the last confirmed heartbeat is ${Math.round(age)} ms old`);
    },
    isHeld() {
      return !ending.signal.aborted && confirmedAt !== null && now() - confirmedAt <= lifetimeMs;
    },
    async begun() {
      await firstBeat.promise;
      assertNotEnded();
    },
    end() {
      ending.abort();
      firstBeat.resolve(undefined);
    },
    signal: ending.signal,
  };
}
