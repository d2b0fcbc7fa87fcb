import type { IncomingHttpHeaders } from "node:http";

import type { Route } from "../eventlog/index.ts";

/** One HTTP request from a provider, its bytes as they came. */
export interface Delivery {
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Whether a delivery is who it says; `why` is for our log, never for the sender. */
export type Authentication = { ok: true } | { ok: false; why: string };

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
