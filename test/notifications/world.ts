import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";

import { rowsOf } from "../../src/eventlog/index.ts";
import { createEndpoint, createNotifier, createVault, type Notifier } from "../../src/notifications/index.ts";
import { insertNotifications } from "../../src/notifications/record.ts";
import { createRedactor } from "../../src/redaction/index.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { type LogLines, logLines } from "../support/log-lines.ts";
import { plainLinks } from "../support/playback-links.ts";
import { type Receiver, startReceiver } from "./receiver.ts";

export const vault = createVault("8e7d6c5b4a39281706f5e4d3c2b1a090");

type NotifierOptions = Parameters<typeof createNotifier>[0];

export interface World {
  database: TestDatabase;
  receiver: Receiver;
  log: LogLines;
  /** A notifier that looks when it is nudged, and tries again at once. */
  notifier: (overrides?: Partial<NotifierOptions>) => Notifier;
  /** An endpoint at the receiver, or elsewhere. */
  endpoint: (url?: string) => Promise<{ id: string; secret: string }>;
  /** Something is told of a channel. @returns the notifications' ids */
  tell: (channel: string, ...bodies: string[]) => Promise<string[]>;
  rows: <Row>(sql: string) => Promise<Row[]>;
}

/** One database for a file, empty before each test, with a receiver and notifiers that are stopped after it. */
export function useWorld(): () => World {
  let database: TestDatabase | undefined;
  let world: World | undefined;
  const notifiers: Notifier[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  beforeEach(async () => {
    world = await openWorld(database, notifiers);
  });
  afterEach(async () => {
    await world?.receiver.close();
    for (const notifier of notifiers.splice(0)) await notifier.stop();
  });
  afterAll(() => database?.drop());
  return () => {
    if (world === undefined) throw new Error("the world is there only while a test runs");
    return world;
  };
}

async function openWorld(database: TestDatabase | undefined, notifiers: Notifier[]): Promise<World> {
  if (database === undefined) throw new Error("there is no database");
  const { knex, schema } = database;
  const rows = <Row>(sql: string) => rowsOf<Row>(knex, sql.replaceAll("{schema}", schema));
  await rows("truncate {schema}.notification_endpoints, {schema}.notifications, {schema}.notification_deliveries");
  const receiver = await startReceiver();
  const log = logLines();
  return {
    database,
    receiver,
    log,
    rows,
    notifier(overrides = {}) {
      const notifier = createNotifier({
        knex,
        schema,
        log: log.log,
        redactor: createRedactor(),
        vault,
        links: plainLinks,
        allowPrivate: true,
        disableAfterMs: 0,
        retryDelay: () => 0,
        intervalMs: 1_000_000,
        stopMs: 0,
        ...overrides,
      });
      notifiers.push(notifier);
      notifier.start();
      return notifier;
    },
    async endpoint(url = receiver.url) {
      const { endpoint, secret } = await createEndpoint(database, vault, { url });
      return { id: endpoint.id, secret };
    },
    async tell(channel, ...bodies) {
      await rows(`insert into {schema}.channels (id, name, state) values (${idOf(channel)}, '${channel}', '{}')
        on conflict do nothing`);
      const notifications = bodies.map((body) => ({
        channelId: idOf(channel),
        session: 1,
        type: "live.started" as const,
        body,
        links: null,
        eventId: null,
      }));
      const { ids } = await knex.transaction((trx) => insertNotifications(trx, schema, notifications));
      return ids;
    },
  };
}

/** Of `show-7`, 7. */
function idOf(channel: string): number {
  return Number(channel.replace(/\D/g, ""));
}
