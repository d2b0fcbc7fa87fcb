import type { AddressInfo } from "node:net";

import { keepAllowList } from "./allow-list.ts";
import { createReaders } from "./api/index.ts";
import { createApp } from "./app.ts";
import { closerOf } from "./close-server.ts";
import type { Closers } from "./closers.ts";
import { type Config, linkSettingsOf, secretsOf } from "./config/index.ts";
import { type ConnectedProviders, connectProviders, isCloudflares } from "./connect-providers.ts";
import { type OpenDatabase, openDatabase } from "./db/index.ts";
import { createEngine, type Engine } from "./engine/index.ts";
import { createEventLog, type EventLog, type Feed, openFeed } from "./eventlog/index.ts";
import { createFigures, type Figures } from "./figures/index.ts";
import { createHttpServer } from "./http-server.ts";
import { createCallJournal, createRefusalCounter, type RefusalCounter } from "./journal/index.ts";
import { findRevoked } from "./keys/index.ts";
import type { Logger } from "./log.ts";
import { createNotifier, createVault, type Notifier } from "./notifications/index.ts";
import { createPlaybackLinks, type PlaybackLinks } from "./playback/index.ts";
import { listenOn } from "./port.ts";
import type { OnCall } from "./providers/index.ts";
import { createRedactor, type Redactor } from "./redaction/index.ts";
import { createStageUrl } from "./stage/index.ts";
import { openTraces, type Traces } from "./traces/index.ts";
import { type AgoraSenders, createAgoraSenders, interpret } from "./webhooks/index.ts";

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
  const redactor = createRedactor(secretsOf(config));
  const traces = await openTraces(config.traces, { log, redactor });
  closers.add("the traces", () => traces.close());
  const database = await openDatabase(config, { log, stopping });
  closers.add("the database", () => database.close());
  stopping.throwIfAborted();
  const figures = createFigures({ knex: database.knex, schema: database.schema, log });
  closers.add("the figures", () => figures.close());
  const journal = openJournal(log, database, closers);
  const links = createPlaybackLinks(linkSettingsOf(config), { log });
  const notifier = openNotifier(config, log, { database, redactor, links, figures, traces }, closers);
  const { engine, providers } = openEngine(
    config,
    log,
    { database, redactor, notifier, journal, figures, traces },
    closers,
  );
  const eventLog = openEventLog(config, log, database, engine, closers);
  const feed = openFeed({ url: database.directUrl, schema: database.schema, log });
  closers.add("the feed", () => feed.close());
  await engine.start();
  notifier.start();
  stopping.throwIfAborted();
  const agoraSenders = config.agoraAllowList ? createAgoraSenders() : undefined;
  const port = await listen(
    config,
    log,
    { database, engine, eventLog, feed, redactor, links, notifier, journal, figures, traces, agoraSenders },
    closers,
  );
  if (agoraSenders !== undefined) {
    const allowList = keepAllowList({ list: () => providers.notificationSenders.list(), senders: agoraSenders, log });
    closers.add("the allow-list", () => allowList.stop());
  }
  return port;
}

/** What people are shown beside the log. Closed after whatever makes calls and takes webhooks in. */
function openJournal(log: Logger, { knex, schema }: OpenDatabase, closers: Closers): Journal {
  const calls = createCallJournal({ knex, schema, log });
  closers.add("the journal of calls", () => calls.close());
  const refusals = createRefusalCounter({ knex, schema, log });
  closers.add("the count of refusals", () => refusals.close());
  return { onCall: calls.onCall, onRefused: refusals.onRefused };
}

interface Journal {
  onCall: OnCall;
  onRefused: RefusalCounter["onRefused"];
}

/** Closed after the engine, whose last commits may have something to tell; what isn't sent then waits in the database. */
function openNotifier(
  { agora, notifications }: Config,
  log: Logger,
  { database, redactor, links, figures, traces }: Pick<Parts, "database" | "redactor" | "links" | "figures" | "traces">,
  closers: Closers,
): Notifier {
  const { knex, schema } = database;
  const vault = createVault(agora.appCertificate);
  const { onNotified: onAttempted } = figures;
  const notifier = createNotifier({ knex, schema, log, redactor, vault, links, traces, onAttempted, ...notifications });
  closers.add("the notifier", () => notifier.stop());
  return notifier;
}

function openEngine(
  config: Config,
  log: Logger,
  {
    database,
    redactor,
    notifier,
    journal,
    figures,
    traces,
  }: Pick<Parts, "database" | "redactor" | "notifier" | "journal" | "figures" | "traces">,
  closers: Closers,
): { engine: Engine; providers: ConnectedProviders } {
  const {
    policy,
    relayMode,
    maxActiveRelays,
    picture,
    channelPolicy,
    catchUpAfterMs,
    metricsMs,
    callsPerSecond,
    cloudflare,
    retentionDays,
    eventsDays,
  } = config;
  const stageUrl = createStageUrl({
    publicUrl: config.publicUrl,
    appCertificate: config.agora.appCertificate,
    lifetimeMs: policy.maxSessionMs,
  });
  const onCall: OnCall = (call) => {
    figures.onCall(call);
    journal.onCall(call);
  };
  let providers!: ConnectedProviders; // made with the engine, of its slots
  const engine = createEngine(
    {
      policy,
      defaultMode: relayMode,
      maxActiveRelays,
      picture,
      channelPolicy,
      catchUpAfterMs,
      deleteVideosAfterDays: isCloudflares(retentionDays) ? null : retentionDays,
      eventsDays,
      metricsMs,
      rates: callsPerSecond,
      jobsUrl: database.directUrl,
      playbackBase: cloudflare.playbackUrl,
    },
    {
      knex: database.knex,
      schema: database.schema,
      log,
      redactor,
      traces,
      interpret,
      stageUrl,
      onAnnounced: () => notifier.nudge(),
      onAdvanced: figures.onAdvanced,
      onAttempted: figures.onAttempted,
      onDeleted: figures.onDeleted,
      providers: (slots) => (providers = connectProviders(config, { slots, log, onCall }, closers)),
    },
  );
  closers.add("the engine", () => engine.stop());
  return { engine, providers };
}

function openEventLog(
  { channelPolicy, eventsDays }: Config,
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
    eventsDays,
    onAppended: (channelIds) => engine.onAppended(channelIds),
  });
  closers.add("the event log", () => eventLog.close());
  return eventLog;
}

interface Parts {
  database: OpenDatabase;
  engine: Engine;
  eventLog: EventLog;
  feed: Feed;
  redactor: Redactor;
  links: PlaybackLinks;
  notifier: Notifier;
  journal: Journal;
  figures: Figures;
  traces: Traces;
  agoraSenders: AgoraSenders | undefined;
}

async function listen(config: Config, log: Logger, parts: Parts, closers: Closers): Promise<number> {
  const { database, engine, eventLog, feed, redactor, links, notifier, journal, figures, traces, agoraSenders } = parts;
  const { knex, schema } = database;
  const readers = createReaders({
    most: config.streamReadersMost,
    findRevoked: (keyIds) => findRevoked({ knex, schema }, keyIds),
    onCount: (streams) => {
      figures.onReaders(streams);
      server.maxConnections = connectionsMost + streams;
    },
  });
  const app = createApp(config, {
    knex,
    schema,
    log,
    feed,
    readers,
    redactor,
    links,
    traces,
    append: (event) => eventLog.append(event),
    advance: (channelId) => engine.advance(channelId),
    onNotified: () => notifier.nudge(),
    isWorkerRunning: () => engine.isWorking(),
    agoraSenders,
    onRefused: journal.onRefused,
    onReceived: figures.onReceived,
    figures,
  });
  const server = createHttpServer(app);
  const connectionsMost = server.maxConnections;
  const close = closerOf(server, 10_000);
  await listenOn(server, config.port);
  closers.add("the HTTP server", close);
  closers.add("the streams", () => readers.close());
  return (server.address() as AddressInfo).port;
}
