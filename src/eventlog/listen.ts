import { randomUUID } from "node:crypto";

import type pg from "pg";

import { connectClient } from "../db/index.ts";
import type { Logger } from "../log.ts";
import { quoted } from "./tables.ts";

export interface ListenOptions {
  /** A direct URL: what listens through a transaction pooler hears nothing. */
  url: string;
  /** Of NOTIFY. */
  channel: string;
  log: Logger;
  /** How often the connection proves that it hears. */
  pingMs: number;
  /** From now on nothing is missed. */
  onListening: () => void;
  onPayload: (payload: string) => void;
  /** Ends it. */
  signal: AbortSignal;
}

/**
 * Listens on a connection of its own until that hears no more. It sends itself a notification now and then, by the way
 * that all others come: a connection that is gone without a word doesn't bring it back, and neither does a pooler.
 *
 * @throws when it is over, with the reason: that of the signal, or why nothing is heard any more
 */
export async function listen(options: ListenOptions): Promise<never> {
  const { url, channel, log, pingMs, onListening, onPayload, signal } = options;
  const client = await connectClient(url, log);
  const over = new AbortController();
  const end = () => over.abort(signal.reason);
  const ping = `ping ${randomUUID()}`;
  let heardAt = performance.now();
  try {
    return await new Promise<never>((_, reject) => {
      over.signal.addEventListener("abort", () => reject(over.signal.reason as Error));
      signal.addEventListener("abort", end);
      if (signal.aborted) end();
      client.once("end", () => over.abort(new Error("The connection that listens was lost")));
      client.on("notification", ({ payload = "" }) => {
        if (payload === ping) heardAt = performance.now();
        else onPayload(payload);
      });
      client.query(`LISTEN ${quoted(channel)}`).then(onListening, (error: unknown) => over.abort(error));
      const pinging = setInterval(() => {
        if (performance.now() - heardAt >= 2 * pingMs) {
          over.abort(new Error(`The connection that listens has heard nothing for ${(2 * pingMs) / 1000} s`));
        } else {
          client.query("select pg_notify($1, $2)", [channel, ping]).catch((error: unknown) => over.abort(error));
        }
      }, pingMs);
      over.signal.addEventListener("abort", () => clearInterval(pinging));
    });
  } finally {
    signal.removeEventListener("abort", end);
    await leave(client);
  }
}

/** With an answer due, pg cuts the connection; without, it says goodbye, which may never be heard. */
async function leave(client: pg.Client): Promise<void> {
  const gone = client.end().catch(() => undefined);
  let patience: NodeJS.Timeout | undefined;
  await Promise.race([gone, new Promise<void>((resolve) => (patience = setTimeout(resolve, 1_000)))]);
  clearTimeout(patience);
}
