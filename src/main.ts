import { once } from "node:events";
import { createServer, type Server } from "node:http";

import { createApp } from "./app.ts";
import { type Closers, createClosers } from "./closers.ts";
import { type Config, ConfigError, describeConfig, readConfig } from "./config/index.ts";
import { connectProviders } from "./connect-providers.ts";
import { MigrationError, type OpenDatabase, openDatabase } from "./db/index.ts";
import { createEngine, type Engine } from "./engine/index.ts";
import { createEventLog, type EventLog } from "./eventlog/index.ts";
import { initialState } from "./live/index.ts";
import { createLogger, type Logger } from "./log.ts";
import { spawnSandbox } from "./spawn-sandbox.ts";
import { createStageUrl } from "./stage/index.ts";
import { interpret } from "./webhooks/index.ts";

/** The service: what it is made of, in the order in which it is opened. It is closed the other way round. */
async function main(): Promise<void> {
  const config = await readConfig(process.env);
  const log = createLogger({ level: config.logLevel });
  log.info(describeConfig(config), "tally.starting");

  const closers = createClosers();
  const signal = firstSignal();
  try {
    if (config.sandbox) await openSandbox(config, log, closers);
    const database = await openDatabase(config, { log });
    closers.add("the database", () => database.close());

    const engine = openEngine(config, log, database, closers);
    const eventLog = openEventLog(config, log, database, engine, closers);
    await engine.start();
    await listen(config, log, { database, engine, eventLog }, closers);
    log.info({ signal: await signal }, "tally.stopping");
  } finally {
    await closers.closeAll();
  }
  log.info("tally.stopped");
}

async function openSandbox(config: Config, log: Logger, closers: Closers): Promise<void> {
  const sandbox = await spawnSandbox(config);
  closers.add("the sandbox", () => sandbox.stop());
  log.warn(
    { sandboxUrl: sandbox.url },
    "no provider credentials are set: Agora and Cloudflare are played by the built-in sandbox, nothing goes out",
  );
}

function openEngine(config: Config, log: Logger, database: OpenDatabase, closers: Closers): Engine {
  const { policy, relayMode, maxActiveRelays, channelPolicy, callsPerSecond, cloudflare } = config;
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
      rates: callsPerSecond,
      jobsUrl: database.directUrl,
      playbackBase: code === null ? null : `https://customer-${code}.cloudflarestream.com`,
    },
    {
      knex: database.knex,
      schema: database.schema,
      log,
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
    initialState,
    onAppended: (channelIds) => engine.onAppended(channelIds),
  });
  closers.add("the event log", () => eventLog.close());
  return eventLog;
}

interface Parts {
  database: OpenDatabase;
  engine: Engine;
  eventLog: EventLog;
}

/** @throws if the port is taken; the message says what to do */
async function listen(config: Config, log: Logger, parts: Parts, closers: Closers): Promise<void> {
  const { database, engine, eventLog } = parts;
  const app = createApp(config, {
    knex: database.knex,
    schema: database.schema,
    log,
    append: (event) => eventLog.append(event),
    advance: (channelId) => engine.advance(channelId),
    isWorkerRunning: () => engine.isWorking(),
  });
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 15_000 }, app);
  server.maxHeadersCount = 100;
  // Agora keeps its connections and asks for at least 10 s (Agora docs: enable-notification-center-service).
  server.keepAliveTimeout = 20_000;
  server.listen(config.port);
  try {
    await once(server, "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new StartError(
      `Port ${config.port} is taken, maybe by another Tally that runs here: stop that one, or set PORT to a free port.`,
    );
  }
  closers.add("the HTTP server", () => closeServer(server));
  log.info({ port: config.port, url: config.publicUrl }, "tally.ready");
}

/** Takes no new requests and lets those under way end; after 10 s they are cut off. */
async function closeServer(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  const cutOff = setTimeout(() => server.closeAllConnections(), 10_000);
  await closed;
  clearTimeout(cutOff);
}

/**
 * SIGTERM and SIGINT end this process and nothing else: whoever broadcasts goes on, and the next process takes over
 * from the database. A second signal doesn't wait.
 */
function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1));
        resolve(signal);
      });
    }
  });
}

/** What a person can mend: the message says how, and a stack would only hide it. */
class StartError extends Error {
  override name = "StartError";
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const isExpected = error instanceof ConfigError || error instanceof MigrationError || error instanceof StartError;
    console.error(isExpected ? error.message : error);
    process.exit(1);
  },
);
