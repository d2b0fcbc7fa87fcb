export type Provider = "agora" | "cloudflare";

/** A place in a provider's rate, for one call. */
export interface Slot {
  /**
   * Resolves when the call may begin: its time has come and this process still holds its lease.
   *
   * @throws if the lease is lost; then the call must not be made
   */
  ready(): Promise<void>;
}

/**
 * The providers' rates, for the whole database and not per process. The transports take their slots from here and
 * report a `Retry-After`, which holds everybody back.
 */
export interface Slots {
  /** @param count - calls that keep their place together (acquire and start), in the order in which they will be made */
  reserve(provider: Provider, count: number): Promise<Slot[]>;
  /** The provider asked for a pause of `ms` milliseconds. */
  holdBack(provider: Provider, ms: number): Promise<void>;
}
