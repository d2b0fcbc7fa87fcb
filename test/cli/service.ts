import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import express from "express";

import type { Io } from "../../src/cli/io.ts";
import { readConfig } from "../../src/config/index.ts";
import { createAdvance } from "../../src/engine/index.ts";
import { appendWithin, createEventLog, type EventRow } from "../../src/eventlog/index.ts";
import type { LiveEvent } from "../../src/live/index.ts";
import { createLogger } from "../../src/log.ts";
import { createWebhookRouter, interpret } from "../../src/webhooks/index.ts";
import { createTestDatabase } from "../support/database.ts";
import { type Ran, runTally } from "./tally.ts";

export type Service = Awaited<ReturnType<typeof startService>>;

/**
 * The webhooks, the log and advancing on a database of its own; nobody performs effects.
 *
 * @param settings - beside those of a new installation
 */
export async function startService(settings: Record<string, string> = {}) {
  const database = await createTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), "tally-cli-"));
  const env = { DATABASE_URL: database.url, TALLY_DATA_DIR: dataDir, MIGRATE_ON_START: "false", ...settings };
  const config = await readConfig(env);
  const { policy, relayMode: defaultMode, maxActiveRelays } = config;
  const log = createLogger({ level: "silent" });
  const waiting: (() => void)[] = [];
  const advance = createAdvance({
    ...database,
    log,
    policy,
    interpret,
    defaultMode,
    maxActiveRelays,
    onAdvanced: () => waiting.shift()?.(),
  });
  const eventLog = createEventLog({
    ...database,
    log,
    channelPolicy: config.channelPolicy,
    onAppended: advance.request,
  });
  const secrets = {
    agora: config.agora.ncsSecrets,
    cloudflareNotification: config.cloudflare.notificationSecrets,
    cloudflareStream: config.cloudflare.webhookSecrets,
  };
  const app = express().use(
    "/webhooks",
    createWebhookRouter({ secrets, append: (event) => eventLog.append(event), log }),
  );
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const tally = (argv: readonly string[], io: Partial<Io> = {}): Promise<Ran> => runTally(argv, { env, ...io });
  /** Simulates what leads to an advance, and waits for that. */
  const simulate = async (...argv: string[]): Promise<void> => {
    const advanced = new Promise<void>((resolve) => waiting.push(resolve));
    const ran = await tally(["simulate", ...argv, "--url", url]);
    if (ran.code !== 0) throw new Error(ran.err);
    await advanced;
    await advance.idle();
  };
  const channelId = async (name: string): Promise<number> => {
    const row = await database.knex
      .withSchema(database.schema)
      .table("channels")
      .where({ name })
      .first<{ id: number }>();
    return row.id;
  };
  /** Puts events of a channel into the log as they are. */
  const append = (...events: EventRow[]): Promise<{ id: number }[]> =>
    database.knex.transaction((trx) => appendWithin(trx, database.schema, events));
  /** Tells a channel what a provider answered, and advances it. */
  const answer = async (name: string, ...events: LiveEvent[]): Promise<void> => {
    const id = await channelId(name);
    await append(...events.map((event) => ownEvent(id, name, event)));
    await advance.advance(id);
  };

  return {
    ...database,
    env,
    config,
    url,
    /** Resolves when everything that came in is folded. */
    async settled() {
      await eventLog.idle();
      await advance.idle();
    },
    tally,
    simulate,
    append,
    answer,
    channelId,
    async stop() {
      await new Promise((resolve) => server.close(resolve));
      await eventLog.close();
      await advance.idle();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

let events = 0;

function ownEvent(channelId: number, name: string, event: LiveEvent): EventRow {
  return {
    source: "tally",
    dedupeKey: `test:${++events}`,
    type: event.type,
    route: { kind: "channel", key: name },
    channelId,
    occurredAt: null,
    payload: event,
    raw: null,
    bodySha256: null,
    headers: null,
  };
}

/** A channel on the air, its recorder `{name}-resource`, its live input `{name}-input`. */
export async function goLive({ simulate, answer, channelId }: Service, name: string): Promise<void> {
  await simulate("host-joins", name);
  await answer(name, { type: "LiveInputReady", liveInput: `${name}-input`, playbackBase: null });
  const uid = 999_000 + (await channelId(name));
  const resourceId = `${name}-resource`;
  await answer(
    name,
    { type: "RecorderAcquired", session: 1, attempt: 1, uid, resourceId },
    { type: "RecorderStartAccepted", resourceId, recordingSid: `${name}-sid` },
  );
  await simulate("rtmp-publishing", name);
  await simulate("ingest-connected", name);
}
