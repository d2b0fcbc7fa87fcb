import { Counter, Histogram, type Registry } from "prom-client";

import type { Received } from "../webhooks/index.ts";
import { knownType } from "./known-type.ts";

/** From 2 ms to 10 s, which is as long as Agora waits for its answer (Agora docs: NCS). */
const buckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What comes in at the providers' addresses. */
export function createWebhookFigures(registers: Registry[]): { onReceived: (received: Received) => void } {
  const webhooks = new Counter({
    name: "tally_webhooks_total",
    help: "Webhooks that were authenticated, by what became of them",
    labelNames: ["source", "type", "outcome"],
    registers,
  });
  const refused = new Counter({
    name: "tally_webhooks_refused_total",
    help: "Deliveries to the webhooks' addresses that were refused, by address and reason",
    labelNames: ["source", "door", "why"],
    registers,
  });
  const ack = new Histogram({
    name: "tally_webhook_ack_seconds",
    help: "From a delivery's first byte to its answer",
    labelNames: ["source", "outcome"],
    buckets,
    registers,
  });
  // A series that begins with its first event hides that event from whoever looks for an increase.
  for (const source of ["agora", "cloudflare"]) {
    for (const outcome of ["stored", "duplicate", "not_stored", "refused"]) ack.zero({ source, outcome });
  }
  return {
    onReceived({ source, door, type, outcome, why, ms }) {
      if (why !== null) refused.inc({ source, door, why });
      if (type !== null) webhooks.inc({ source, type: knownType(source, type), outcome });
      ack.observe({ source, outcome }, ms / 1000);
    },
  };
}
