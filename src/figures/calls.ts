import { Histogram, type Registry } from "prom-client";

import type { Tables } from "../eventlog/index.ts";
import type { Logger } from "../log.ts";
import type { CallEnd, OnCall } from "../providers/index.ts";
import { type AwaitedCall, readWait } from "./read-wait.ts";

/** Up to 24 s: three attempts of 8 s. */
const callBuckets = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 24];
const waitBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** Effects whose first call was seen, at most: an effect's calls are seconds apart. */
const seenMost = 1_000;

/** Calls of providers: how long they take, and how soon after a webhook they begin. */
export function createCallFigures(
  registers: Registry[],
  { knex, schema, log }: Tables & { log: Logger },
): { onCall: OnCall; idle: () => Promise<void> } {
  const calls = new Histogram({
    name: "tally_provider_call_seconds",
    help: "Calls of providers, all attempts at their hosts together, by what the answer meant and its status's class",
    labelNames: ["provider", "operation", "outcome", "status"],
    buckets: callBuckets,
    registers,
  });
  const waits = new Histogram({
    name: "tally_webhook_to_call_seconds",
    help: "From the log's taking in of a webhook to the first call of the effect that was decided by it",
    labelNames: ["effect"],
    buckets: waitBuckets,
    registers,
  });
  const seen = new Set<number>();
  const asking = new Set<Promise<void>>();

  /** Which webhook it was is in the database, maybe of another process. */
  async function noteWait(call: AwaitedCall): Promise<void> {
    try {
      const wait = await readWait({ knex, schema }, call);
      if (wait !== null) waits.observe({ effect: wait.effect }, wait.seconds);
    } catch (error) {
      log.warn({ err: error, effectId: call.effectId }, "figures.wait_unknown");
    }
  }

  function isFirst(effectId: unknown, attempt: unknown): effectId is number {
    if (typeof effectId !== "number" || attempt !== 1 || seen.has(effectId)) return false;
    const [oldest] = seen;
    if (seen.size >= seenMost && oldest !== undefined) seen.delete(oldest);
    seen.add(effectId);
    return true;
  }

  return {
    onCall({ context, provider, operation, ended }) {
      if (ended !== null) {
        const { outcome, ms } = ended;
        calls.observe({ provider, operation, outcome, status: classOf(ended) }, ms / 1000);
      } else if (isFirst(context.effectId, context.attempt)) {
        const asked = noteWait({ effectId: context.effectId, at: performance.now() });
        asking.add(asked);
        void asked.finally(() => asking.delete(asked));
      }
    },
    async idle() {
      await Promise.all(asking);
    },
  };
}

/** `2xx`, `4xx`, …; `none` when no answer came. */
function classOf({ status }: CallEnd): string {
  return status === null ? "none" : `${Math.floor(status / 100)}xx`;
}
