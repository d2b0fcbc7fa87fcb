import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { createApp } from "./app.ts";
import { closerOf } from "./close-server.ts";
import type { Closers } from "./closers.ts";
import { type Config, secretsOf } from "./config/index.ts";
import { connectProviders } from "./connect-providers.ts";
import { type OpenDatabase, openDatabase } from "./db/index.ts";
import { createEngine, type Engine } from "./engine/index.ts";
import { createEventLog, type EventLog } from "./eventlog/index.ts";
import type { Logger } from "./log.ts";
import { listenOn } from "./port.ts";
import { createRedactor, type Redactor } from "./redaction/index.ts";
import { createStageUrl } from "./stage/index.ts";
import { interpret } from "./webhooks/index.ts";

/**
 * Opens the service: what it is made of, in the order in which it needs each other. It is closed the other way round,
 * and that ends nobody's broadcast.
 *
 * @param stopping - aborted when it isn't wanted any more: then it is opened no further
 * @returns the port that it listens on
 * @throws StartError if the port is taken
 * @throws the reason of `stopping`
 */
export async function openService(
  config: Config,
  log: Logger,
  closers: Closers,
  stopping: AbortSignal = new AbortController().signal,
): Promise<number> {
  const database = await openDatabase(config, { log, stopping });
  closers.add("the database", () => database.close());
  stopping.throwIfAborted();
  const redactor = createRedactor(secretsOf(config));
  const engine = openEngine(config, log, database, redactor, closers);
  const eventLog = openEventLog(config, log, database, engine, closers);
  await engine.start();
  stopping.throwIfAborted();
  return listen(config, log, { database, engine, eventLog, redactor }, closers);
}

function openEngine(config: Config, log: Logger, database: OpenDatabase, redactor: Redactor, closers: Closers): Engine {
  const { policy, relayMode, maxActiveRelays, channelPolicy, catchUpAfterMs, callsPerSecond, cloudflare } = config;
  const code = cloudflare.customerCode;
  const stageUrl = createStageUrl({
    publicUrl: config.publicUrl,
    appCertificate: config.agora.appCertificate,
    lifetimeMs: policy.maxSessionMs,
  });
  const engine = createEngine(
    {
      policy,
      defaultMode: relayMode,
      maxActiveRelays,
      channelPolicy,
      catchUpAfterMs,
      rates: callsPerSecond,
      jobsUrl: database.directUrl,
      playbackBase: code === null ? null : `https://customer-${code}.cloudflarestream.com`,
    },
    {
      knex: database.knex,
      schema: database.schema,
      log,
      redactor,
      interpret,
      stageUrl,
      providers: (slots) => connectProviders(config, { slots, log }, closers),
    },
  );
  closers.add("the engine", () => engine.stop());
  return engine;
}

function openEventLog(
  { channelPolicy }: Config,
  log: Logger,
  { knex, schema }: OpenDatabase,
  engine: Engine,
  closers: Closers,
): EventLog {
  const eventLog = createEventLog({
    knex,
    schema,
    log,
    channelPolicy,
    onAppended: (channelIds) => engine.onAppended(channelIds),
  });
  closers.add("the event log", () => eventLog.close());
  return eventLog;
}

interface Parts {
  database: OpenDatabase;
  engine: Engine;
  eventLog: EventLog;
  redactor: Redactor;
}

async function listen(config: Config, log: Logger, parts: Parts, closers: Closers): Promise<number> {
  const { database, engine, eventLog, redactor } = parts;
  const app = createApp(config, {
    knex: database.knex,
    schema: database.schema,
    log,
    redactor,
    append: (event) => eventLog.append(event),
    advance: (channelId) => engine.advance(channelId),
    isWorkerRunning: () => engine.isWorking(),
  });
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 15_000 }, app);
  server.maxHeadersCount = 100;
  // Agora keeps its connections and asks for at least 10 s (Agora docs: enable-notification-center-service).
  server.keepAliveTimeout = 20_000;
  const close = closerOf(server, 10_000);
  await listenOn(server, config.port);
  closers.add("the HTTP server", close);
  return (server.address() as AddressInfo).port;
}
