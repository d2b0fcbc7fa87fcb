import type { IncomingHttpHeaders } from "node:http";

import type { Route } from "../eventlog/index.ts";

/** Whether a delivery is who it says; `why` is for our log, never for the sender. */
export type Authentication = { ok: true } | Refusal;

interface Refusal {
  ok: false;
  why: string;
  /** The same in words that are fixed, where `why` has something of the delivery in it: for counting. */
  kind?: string;
}

/**
 * What a delivery's headers alone tell: that nobody we know has sent it, so that its body needn't be read; or what the
 * body must then pass.
 */
export type Admission = Refusal | { ok: true; authenticate: (body: Buffer) => Authentication };

/** What can be read of a webhook without understanding it. */
export interface Envelope {
  type: string;
  dedupeKey: string;
  route: Route | null;
  /** The provider's clock. */
  occurredAt: Date | null;
}

/** A header's value, however often it was sent; undefined if it wasn't. */
export function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}
