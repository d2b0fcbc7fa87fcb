import { performance } from "node:perf_hooks";
import { setTimeout as timer } from "node:timers/promises";

import { type HostFailure, mostAttempts, nextHost, pauseBeforeNextMs } from "./failover.ts";
import { createHostMemory } from "./host-memory.ts";
import type { ProviderDeps, ProviderSettings } from "./provider-call.ts";
import { type Answer, createProviderHttp, type HttpRequest, type Unanswered } from "./provider-http.ts";
import type { Slot } from "./slots.ts";

/** One exchange of a call, for the log. */
export interface Attempt {
  host: string;
  ms: number;
  /** The status, or how no answer came. */
  outcome: number | Unanswered["how"];
}

/** What came of a call after all its attempts. */
export interface Attempted {
  /** The last one's. */
  answer: Answer;
  made: Attempt[];
  /** One before the last may have reached the provider. */
  earlierSent: boolean;
}

export interface Attempts {
  takeSlot(): Promise<Slot>;
  /**
   * Exchanges, at one host after the other until one answers, three at most. Each attempt after the first takes a slot of
   * its own and begins only if the lease still holds, so none outlives it.
   *
   * A call that is repeated here may be carried out twice. That is harmless for each of ours: an acquire that nobody
   * uses expires and costs nothing, a start again with its resource is answered 201/7, a converter of the same name 409,
   * an update says the same once more, a stop or removal of what has ended says so, and questions change nothing.
   */
  make(request: HttpRequest): Promise<Attempted>;
  close(): void;
}

export function createAttempts(settings: ProviderSettings, deps: ProviderDeps): Attempts {
  const { provider, hosts } = settings;
  const { slots, log, now = Date.now, wait = timer } = deps;
  const primary = first(hosts.flat(), `${provider} needs a URL`);
  const clients = new Map(hosts.flat().map((url) => [url, createProviderHttp({ ...settings, baseUrl: url }, now)]));
  const memory = createHostMemory(now);

  async function takeSlot(): Promise<Slot> {
    return first(await slots.reserve(provider, 1), `slots.reserve("${provider}", 1) gave no slot`);
  }

  async function make(request: HttpRequest): Promise<Attempted> {
    const made: Attempt[] = [];
    const failures: HostFailure[] = [];
    // If all of them failed within the last minute, one try is enough: of the first.
    let url = nextHost(hosts, memory.failures()) ?? primary;
    let earlierSent = false;
    for (;;) {
      const { attempt, answer } = await exchange(url, request);
      made.push(attempt);
      const failure = failureOf(url, answer);
      if (failure === null) memory.answered(url);
      else memory.failed(failure);
      if (failure === null || answer.answered || made.length >= mostAttempts) return { answer, made, earlierSent };
      failures.push(failure);
      const next = nextHost(hosts, [...memory.failures(), ...failures]);
      if (next === null || !(await mayGoOn(made.length, answer.sent))) return { answer, made, earlierSent };
      earlierSent ||= answer.sent;
      url = next;
    }
  }

  async function exchange(url: string, request: HttpRequest): Promise<{ attempt: Attempt; answer: Answer }> {
    const startedAt = performance.now();
    const client = clients.get(url);
    if (!client) throw new Error(`${url} is none of the hosts`);
    const answer = await client.exchange(request);
    const ms = Math.round(performance.now() - startedAt);
    return { answer, attempt: { host: new URL(url).host, ms, outcome: answer.answered ? answer.status : answer.how } };
  }

  /** What the first attempt taught must not be lost because no second one may begin. */
  async function mayGoOn(attempts: number, sent: boolean): Promise<boolean> {
    try {
      const ms = pauseBeforeNextMs(attempts, sent);
      if (ms > 0) await wait(ms);
      const slot = await takeSlot();
      await slot.ready();
      return true;
    } catch (error) {
      log.warn({ err: error, provider, attempts }, "provider.failover_ended");
      return false;
    }
  }

  return {
    takeSlot,
    make,
    close: () => {
      for (const client of clients.values()) client.close();
    },
  };
}

function first<T>([item]: readonly T[], otherwise: string): T {
  if (item === undefined) throw new Error(otherwise);
  return item;
}

/** An answer that is too long to read is one: the host is well. */
function failureOf(url: string, answer: Answer): HostFailure | null {
  if (answer.answered || answer.how === "too long") return null;
  return { url, how: answer.how === "dns" ? "dns" : "network" };
}
