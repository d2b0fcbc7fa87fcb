import type { AddressInfo } from "node:net";

import express from "express";
import fetch from "node-fetch";

import { createLogger } from "../src/log.ts";
import { createWebhookRouter } from "../src/webhooks/index.ts";
import { reportReady } from "./child.ts";
import { ncsSecret } from "./deliveries.ts";

/** The shortest way there is: the request's handler calls the provider itself, and forgets it in a crash. */
const [providerUrl] = process.argv.slice(2) as [string];
const app = express();
const secrets = { agora: [ncsSecret], cloudflareNotification: [], cloudflareStream: [] };
const log = createLogger({ level: "fatal" });
const append = async () => {
  const answer = await fetch(providerUrl);
  await answer.text();
  return { id: 1, duplicate: false };
};
app.use("/webhooks", createWebhookRouter({ secrets, append, log }));
const server = app.listen(0, "127.0.0.1", () => {
  reportReady(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.once("SIGTERM", () => process.exit(0));
