import type { StageCredentials } from "../credentials.ts";

/** Tally, as the page knows it. Its address is the page's own, which holds the token. */
export interface Server {
  /**
   * Asks for credentials, for the first time or again.
   *
   * @throws {Refused} if there are none for this page now, such as while it is open elsewhere
   * @throws whatever keeps the server from being reached
   */
  credentials(): Promise<StageCredentials>;
  /** The same, but while the server can't be reached the last ones, as long as they are good: a deploy is not seen. */
  credentialsToJoin(): Promise<StageCredentials>;
  /** Until the last ones should be replaced; none or less than none if that is due. */
  msToRenewal(): number;
}

class Refused extends Error {
  override name = "Refused";
}

/** A page that isn't heard of for 30 s has lost its place. */
const aliveMs = 10_000;
const timeoutMs = 8_000;

/** Connects with the server, and tells it from then on that the page is open, until it isn't. */
export function connectServer(): Server {
  const base = location.pathname;
  let last: StageCredentials | null = null;
  /** When the last ones were asked for, by a clock that nobody sets (ms). */
  let askedAt = 0;
  const msTo = (secondsAfter: number | undefined) => askedAt + (secondsAfter ?? 0) * 1000 - performance.now();
  const address = (what: string) => `${base}/${what}${last === null ? "" : `?opening=${last.opening}`}`;

  async function post(what: string): Promise<Response> {
    const hanging = new AbortController();
    const timer = setTimeout(() => hanging.abort(), timeoutMs);
    try {
      return await fetch(address(what), { method: "POST", signal: hanging.signal });
    } finally {
      clearTimeout(timer);
    }
  }

  setInterval(() => {
    // One that fails is no trouble: the next follows.
    if (last !== null) void post("alive").catch(() => undefined);
  }, aliveMs);
  addEventListener("pagehide", () => {
    if (last !== null) navigator.sendBeacon(address("left"));
  });

  return {
    async credentials() {
      const now = performance.now();
      const response = await post("credentials");
      if (response.status >= 400 && response.status < 500) throw new Refused(`The server answered ${response.status}`);
      if (!response.ok) throw new Error(`The server answered ${response.status}`);
      last = (await response.json()) as StageCredentials;
      askedAt = now;
      return last;
    },
    async credentialsToJoin() {
      try {
        return await this.credentials();
      } catch (error) {
        if (last === null || error instanceof Refused || msTo(last.lifetimeSeconds) <= 0) throw error;
        return last;
      }
    },
    msToRenewal: () => msTo(last?.renewAfterSeconds),
  };
}
