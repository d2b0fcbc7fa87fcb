import type { AddressInfo } from "node:net";

import express from "express";

import { createDatabase } from "../src/db/index.ts";
import { createEventLog, type NewEvent, registerChannel } from "../src/eventlog/index.ts";
import { createLogger } from "../src/log.ts";
import { createWebhookRouter } from "../src/webhooks/index.ts";
import { reportReady } from "./child.ts";
import { channel, ncsSecret } from "./deliveries.ts";

/** The webhook route alone, with one of three ways to make an event durable. */
export type AckMode = "grouped" | "single" | "none";

const [mode, url] = process.argv.slice(2) as [AckMode, string];
const log = createLogger({ level: "fatal" });
const schema = "tally";
const { knex } = createDatabase({ url, schema, poolMax: 6, log });

await registerChannel({ knex, schema }, channel);

const app = express();
app.disable("x-powered-by");
const secrets = { agora: [ncsSecret], cloudflareNotification: [], cloudflareStream: [] };
app.use("/webhooks", createWebhookRouter({ secrets, append: appendFor(mode), log }));
const server = app.listen(0, "127.0.0.1", () => {
  reportReady(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.once("SIGTERM", () => process.exit(0));

function appendFor(how: AckMode): (event: NewEvent) => Promise<{ id: number; duplicate: boolean }> {
  switch (how) {
    case "grouped": {
      const options = { channelPolicy: "registered" as const, onAppended: () => undefined };
      const eventLog = createEventLog({ knex, schema, log, ...options });
      return (event) => eventLog.append(event);
    }
    case "single":
      return insertAlone;
    case "none":
      return () => Promise.resolve({ id: 1, duplicate: false });
  }
}

/** The plain way: one statement, one commit, for each request. */
async function insertAlone(event: NewEvent): Promise<{ id: number; duplicate: boolean }> {
  const { rows } = await knex.raw<{ rows: { id: number }[] }>(
    `insert into ${schema}.events
       (source, dedupe_key, type, route_kind, route_key, occurred_at, payload, body_sha256, headers)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (source, dedupe_key) do nothing returning id`,
    [
      event.source,
      event.dedupeKey,
      event.type,
      event.route?.kind ?? null,
      event.route?.key ?? null,
      event.occurredAt,
      JSON.stringify(event.payload),
      event.bodySha256,
      JSON.stringify(event.headers),
    ],
  );
  return { id: rows[0]?.id ?? 0, duplicate: rows.length === 0 };
}
