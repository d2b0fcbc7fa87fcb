import { afterAll, afterEach, beforeAll } from "vitest";

import { createPerform, type PerformEffect } from "../../src/engine/effects/perform.ts";
import { createAdvance, type EngineValues, type ReplayRules } from "../../src/engine/index.ts";
import {
  createEventLog,
  type EventLog,
  listEvents,
  type NewEvent,
  registerChannel,
  rowsOf,
} from "../../src/eventlog/index.ts";
import { type ChannelState, defaultPolicy, type LiveEvent, type Policy } from "../../src/live/index.ts";
import { createLogger } from "../../src/log.ts";
import { createRedactor } from "../../src/redaction/index.ts";
import { noTraces, type Traces } from "../../src/traces/index.ts";
import { interpret } from "../../src/webhooks/index.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { createFakeProviders, type FakeProviders } from "./providers.ts";

export const log = createLogger({ level: process.env.TEST_LOG ?? "silent" });

let asked = 0;

export interface EffectRecord {
  id: number;
  key: string;
  type: string;
  status: string;
  attempts: number;
  error: string | null;
}

export interface World {
  fake: FakeProviders;
  rules: ReplayRules;
  /** How webhooks are read while advancing. */
  reading: { interpret: typeof interpret };
  eventLog: EventLog;
  advancing: ReturnType<typeof createAdvance>;
  perform: PerformEffect;
  /** Appends webhooks and waits until their channels are up to date. */
  deliver(...events: NewEvent[]): Promise<number[]>;
  /** Appends an event of ours, as the API or the CLI does. */
  ask(channel: string, event: LiveEvent): Promise<void>;
  /** Performs the effects that are open now, in turn. */
  performOnce(): Promise<void>;
  /** Performs open effects until none is left, as the worker does, but one after the other. */
  performAll(): Promise<void>;
  channel(name: string): Promise<{ id: number; version: number; state: ChannelState; wakeAt: Date | null }>;
  effects(name: string): Promise<EffectRecord[]>;
  /** Types of the channel's folded events in the order of its history. */
  history(name: string): Promise<string[]>;
  close(): Promise<void>;
}

export function engineValues(
  overrides: Partial<EngineValues> & { policy?: Policy } = {},
): Omit<EngineValues, "jobsUrl"> {
  return {
    policy: defaultPolicy,
    defaultMode: "cloud-recording",
    maxActiveRelays: 50,
    channelPolicy: "auto",
    catchUpAfterMs: 60_000,
    deleteVideosAfterDays: null,
    eventsDays: null,
    metricsMs: 0,
    rates: { agora: 1000, cloudflare: 1000 },
    playbackBase: null,
    picture: { width: 1280, height: 720, fps: 30, bitrateKbps: 2500 },
    ...overrides,
  };
}

export const stageUrl = (of: { channelId: number; session: number; attempt: number }) =>
  `http://127.0.0.1/stage/${of.channelId}-${of.session}-${of.attempt}`;

/** A service without worker, sweep and HTTP, on a real database with fake providers. */
export function createWorld(
  database: TestDatabase,
  overrides: Partial<EngineValues> = {},
  traces: Traces = noTraces,
): World {
  const { knex, schema } = database;
  const values = engineValues(overrides);
  const fake = createFakeProviders();
  const reading = { interpret };
  const rules = { ...values, interpret };
  const advancing = createAdvance({
    knex,
    schema,
    log,
    traces,
    ...values,
    interpret: (webhook) => reading.interpret(webhook),
  });
  const eventLog = createEventLog({
    knex,
    schema,
    log,
    channelPolicy: values.channelPolicy,
    onAppended: advancing.request,
  });

  const perform = createPerform({
    knex,
    schema,
    log,
    traces,
    providers: fake.providers,
    redactor: createRedactor(),
    waitForCheckup: () => Promise.resolve(),
    advance: advancing.advance,
    playbackBase: values.playbackBase,
    picture: values.picture,
    maxSessionMs: values.policy.maxSessionMs,
    stageUrl,
  });

  async function channel(name: string) {
    const [row] = await rowsOf<{ id: number; version: number; state: ChannelState; wakeAt: Date | null }>(
      knex,
      `select id, version, state, wake_at as "wakeAt" from tally.channels where name = :name`,
      { name },
    );
    if (row === undefined) throw new Error(`no channel ${name}`);
    return row;
  }

  async function effects(name: string) {
    return rowsOf<EffectRecord>(
      knex,
      `select e.id, e.key, e.type, e.status, e.attempts, e.error from tally.effects e
       join tally.channels c on c.id = e.channel_id where c.name = :name order by e.id`,
      { name },
    );
  }

  async function openEffects() {
    return rowsOf<{ id: number }>(knex, "select id from tally.effects where status = 'open' order by id");
  }

  async function performOnce() {
    for (const { id } of await openEffects()) await perform(id, { isLast: false });
    await advancing.idle();
  }

  return {
    fake,
    rules,
    reading,
    eventLog,
    advancing,
    perform,
    channel,
    effects,
    async deliver(...events) {
      const appended = await Promise.all(events.map((event) => eventLog.append(event)));
      await eventLog.idle();
      await advancing.idle();
      return appended.map(({ id }) => id);
    },
    async ask(name, event) {
      const id = await registerChannel(database, name);
      await eventLog.append({
        source: "operator",
        dedupeKey: `${name}:${event.type}:${++asked}`,
        type: event.type,
        route: { kind: "channel", key: name },
        occurredAt: null,
        payload: event,
        raw: null,
        bodySha256: null,
        headers: null,
      });
      await eventLog.idle();
      await advancing.advance(id);
      await advancing.idle();
    },
    performOnce,
    async performAll() {
      while ((await openEffects()).length > 0) await performOnce();
    },
    async history(name) {
      const events = await listEvents(database, { channel: name, limit: 1000 });
      return events
        .filter((event) => event.appliedVersion !== null)
        .sort((a, b) => (a.appliedVersion ?? 0) - (b.appliedVersion ?? 0) || a.id - b.id)
        .map((event) => event.type);
    },
    async close() {
      await eventLog.close();
      await advancing.idle();
    },
  };
}

export interface WorldsOfFile {
  /** The file's own database. */
  database: TestDatabase;
  /** A world on it, closed after the test. */
  open(overrides?: Partial<EngineValues>, traces?: Traces): World;
}

/** One database for a test file, with hooks that open and drop it. */
export function useWorlds(): WorldsOfFile {
  let database: TestDatabase | null = null;
  const worlds: World[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.close();
  });
  afterAll(() => database?.drop());
  const opened = () => {
    if (database === null) throw new Error("the database is there only while a test runs");
    return database;
  };
  return {
    get database() {
      return opened();
    },
    open(overrides, traces) {
      const world = createWorld(opened(), overrides, traces);
      worlds.push(world);
      return world;
    },
  };
}
