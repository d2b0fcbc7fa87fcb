import { setTimeout } from "node:timers/promises";

import type { Logger } from "./log.ts";
import type { NotificationSenders } from "./providers/index.ts";
import type { AgoraSenders } from "./webhooks/index.ts";

export interface AllowListOptions extends Pick<NotificationSenders, "list"> {
  senders: AgoraSenders;
  log: Logger;
  /** Ends after so many ms, or when it is aborted. */
  sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/** Twice a day: Agora asks for once in 24 h at least (Agora docs: ncs-ip), and one may fail for hours. */
const refreshMs = 12 * 3_600_000;
/** After a first failure, and doubled with each further. */
const retryMs = { first: 1_000, most: 600_000 };

/** A running refresh. */
export interface AllowList {
  stop(): Promise<void>;
}

/**
 * Keeps the list of Agora's addresses fresh, in the background. It is only a copy of the provider's word, so memory is
 * its place: every process asks for its own. When Agora can't be asked, the last list stays; before the first, nobody is
 * refused, since a real event that is refused is lost.
 */
export function keepAllowList(options: AllowListOptions): AllowList {
  const { list, senders, log, sleep = wait } = options;
  const stopping = new AbortController();
  log.warn("webhooks.allow_list_unknown: until Agora has named its addresses, its webhooks are taken from any");

  /** @returns whether the list is fresh now */
  async function refresh(): Promise<boolean> {
    try {
      const answer = await list();
      if (!answer.ok) return false; // the call has a line of its own in the log
      const addresses = senders.replace(answer.addresses);
      log.info({ addresses }, "webhooks.allow_list_refreshed");
      return addresses > 0;
    } catch (error) {
      // This process may not call now: it has no heartbeat in the database yet, or is cut off from it.
      log.info({ err: error }, "webhooks.allow_list_postponed");
      return false;
    }
  }

  async function run(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted;) {
      failures = (await refresh()) ? 0 : failures + 1;
      if (failures > 0) log.warn({ failures }, "webhooks.allow_list_not_refreshed");
      const afterFailure = Math.min(retryMs.first * 2 ** (failures - 1), retryMs.most);
      await sleep(failures === 0 ? refreshMs : afterFailure, stopping.signal);
    }
  }

  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

function wait(ms: number, signal: AbortSignal): Promise<unknown> {
  return setTimeout(ms, undefined, { signal }).catch(() => undefined); // aborted
}
