import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join, relative } from "node:path";

import express from "express";

import type { Appended, NewEvent } from "../../src/eventlog/index.ts";
import { createLogger } from "../../src/log.ts";
import { createRedactor } from "../../src/redaction/index.ts";
import { readAgoraEnvelope } from "../../src/webhooks/agora/envelope.ts";
import { readBody } from "../../src/webhooks/body.ts";
import { readCloudflareNotificationEnvelope } from "../../src/webhooks/cloudflare/notification/envelope.ts";
import { readCloudflareVideoEnvelope } from "../../src/webhooks/cloudflare/video/envelope.ts";
import {
  createWebhookRouter,
  interpret,
  signAgora,
  signCloudflareNotification,
  signCloudflareVideo,
  type WebhookRouterOptions,
} from "../../src/webhooks/index.ts";

export const secrets = {
  agora: ["rtc-secret", "recording-secret"],
  cloudflareNotification: ["destination-secret"],
  cloudflareStream: ["stream-secret"],
};

/** The clock of every test here: 2026-09-21T14:00:00Z. */
export const now = 1_790_006_400_000;

export type Door = "/agora" | "/cloudflare/live" | "/cloudflare/video";

/** Headers that authenticate `body` at a door. */
export function sign(door: Door, body: string | Uint8Array): Record<string, string> {
  switch (door) {
    case "/agora":
      return signAgora("recording-secret", body);
    case "/cloudflare/live":
      return signCloudflareNotification("destination-secret");
    case "/cloudflare/video":
      return signCloudflareVideo("stream-secret", body, now / 1000);
  }
}

/** A log in memory: what it took in, and the same answers as the real one. */
export function memoryLog() {
  const events: NewEvent[] = [];
  const ids = new Map<string, number>();
  const append = (event: NewEvent): Promise<Appended> => {
    const key = `${event.source} ${event.dedupeKey}`;
    const id = ids.get(key);
    if (id !== undefined) return Promise.resolve({ id, duplicate: true });
    events.push(event);
    ids.set(key, events.length);
    return Promise.resolve({ id: events.length, duplicate: false });
  };
  return { events, append };
}

/** The router in a real server on 127.0.0.1, mounted as in the service; `lines` is what it logged. */
export async function serveWebhooks(options: Partial<WebhookRouterOptions> & Pick<WebhookRouterOptions, "append">) {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger({
    level: "info",
    destination: { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) },
  });
  const app = express().use("/webhooks", createWebhookRouter({ secrets, log, now: () => now, ...options }));
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`,
    lines,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

export interface Fixture {
  file: string;
  source: "agora" | "cloudflare";
  door: Door;
  bytes: Buffer;
}

const folder = join(import.meta.dirname, "../fixtures");
const doors: Record<string, Pick<Fixture, "source" | "door">> = {
  agora: { source: "agora", door: "/agora" },
  "cloudflare/notification": { source: "cloudflare", door: "/cloudflare/live" },
  "cloudflare/video": { source: "cloudflare", door: "/cloudflare/video" },
};

/** Every webhook body in test/fixtures. */
export const fixtures: Fixture[] = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name !== "SOURCES.md")
  .map((entry) => {
    const door = doors[relative(folder, entry.parentPath)];
    if (door === undefined) throw new Error(`${entry.parentPath}: no webhook endpoint goes with this folder`);
    return { file: basename(entry.name), ...door, bytes: readFileSync(join(entry.parentPath, entry.name)) };
  });

/** The body in a file of test/fixtures, by its name. */
export function fixture(file: string): Fixture {
  const found = fixtures.find((candidate) => candidate.file === file);
  if (found === undefined) throw new Error(`${file}: no such file in test/fixtures`);
  return found;
}

/** The JSON of a fixture, to change it. */
export function json(file: string): { payload: Record<string, unknown> } & Record<string, unknown> {
  return JSON.parse(fixture(file).bytes.toString("utf8")) as ReturnType<typeof json>;
}

/** The envelope of a body. */
export function envelopeOf(door: Door, bytes: Buffer | string | object) {
  const raw = Buffer.isBuffer(bytes) || typeof bytes === "string" ? bytes : JSON.stringify(bytes);
  const body = readBody(Buffer.from(raw), createRedactor());
  switch (door) {
    case "/agora":
      return readAgoraEnvelope(body);
    case "/cloudflare/live":
      return readCloudflareNotificationEnvelope(body);
    case "/cloudflare/video":
      return readCloudflareVideoEnvelope(body);
  }
}

/** What a body means once it has been through the log. */
export function meaningOf(door: Door, bytes: Buffer | object) {
  const raw = Buffer.isBuffer(bytes) ? bytes : Buffer.from(JSON.stringify(bytes));
  const body = readBody(raw, createRedactor());
  return interpret({
    source: door === "/agora" ? "agora" : "cloudflare",
    type: envelopeOf(door, raw).type,
    payload: body.payload ?? null,
    raw: body.raw,
  });
}
