import { setTimeout as wait } from "node:timers/promises";

import fetch from "node-fetch";

import { createClosers } from "../../src/closers.ts";
import { loadConfig } from "../../src/config/index.ts";
import { rowsOf } from "../../src/eventlog/index.ts";
import type { Status } from "../../src/live/index.ts";
import { createLogger, type Logger } from "../../src/log.ts";
import { createSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { openService } from "../../src/service.ts";
import { createTestDatabase } from "../support/database.ts";

export const apiKey = "scenario-key";
/** Fast, and still with a grace and waits that can be told apart. */
export const policy = {
  STOP_GRACE_SECONDS: "0.6",
  START_RETRY_SECONDS: "0.1,0.2",
  RECOVERY_SECONDS: "0.3,0.4",
  START_CONFIRM_SECONDS: "1.5",
  INGEST_LOST_SECONDS: "0.5",
  PLAYABLE_CHECK_SECONDS: "0.1,0.1,0.2,0.2,0.5,1,1",
  AGORA_CALLS_PER_SECOND: "8",
  CLOUDFLARE_CALLS_PER_SECOND: "50",
};

/** A running service; `stop` ends it as SIGTERM does. */
export interface RunningService {
  url: string;
  stop: () => Promise<void>;
}

/** A whole service on a database of its own, with the sandbox in the providers' place. */
export interface Evening {
  sandbox: Sandbox;
  databaseUrl: string;
  environment: Record<string, string>;
  /** Starts (another) service process's worth of Tally; webhooks go to the newest. */
  start(): Promise<RunningService>;
  status(channel: string): Promise<Status | null>;
  /** Waits until the status is so. */
  until(channel: string, what: string, isSo: (status: Status) => boolean): Promise<Status>;
  /** Asks the service's database. */
  sql<Row>(statement: string): Promise<Row[]>;
  api(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }>;
  /** Names of the API operations that were called, in order: not how often the delivery was asked, which is a matter of time. */
  calls(): string[];
  close(): Promise<void>;
}

/** @param log - of its services; by itself of their level, to standard output */
export async function openEvening(overrides: Record<string, string> = {}, log?: Logger): Promise<Evening> {
  const closers = createClosers();
  const database = await createTestDatabase();
  closers.add("the test database", () => database.drop());
  const sandbox = await createSandbox({ settings: { pace: 0.05 } });
  closers.add("the sandbox", () => sandbox.close());
  const environment = {
    ...sandbox.environment,
    ...policy,
    NODE_ENV: "test",
    LOG_LEVEL: "fatal",
    DATABASE_URL: database.url,
    API_KEY: apiKey,
    PORT: "0",
    ...overrides,
  };
  let serviceUrl = "";

  const evening: Evening = {
    sandbox,
    databaseUrl: database.url,
    environment,
    async start() {
      const config = loadConfig(environment);
      if (config.agora === null || config.cloudflare === null) {
        throw new Error("the sandbox's variables are not all set");
      }
      const { agora, cloudflare } = config;
      const own = createClosers();
      const port = await openService(
        { ...config, agora, cloudflare, apiKey },
        log ?? createLogger({ level: config.logLevel }),
        own,
      );
      serviceUrl = `http://127.0.0.1:${port}`;
      sandbox.control.changeSettings({ serviceUrl });
      let stopping: Promise<void> | null = null;
      const stop = () => (stopping ??= own.closeAll());
      closers.add("the service", stop);
      return { url: serviceUrl, stop };
    },
    async status(channel) {
      const { status, body } = await evening.api("GET", `/v1/channels/${channel}/status`);
      return status === 404 ? null : (body as Status);
    },
    async until(channel, what, isSo) {
      const deadline = Date.now() + 20_000;
      for (;;) {
        const status = await evening.status(channel);
        if (status !== null && isSo(status)) return status;
        if (Date.now() > deadline) throw new Error(`never ${what}; the last status: ${JSON.stringify(status)}`);
        await wait(20);
      }
    },
    sql: (statement) => rowsOf(database.knex, statement),
    async api(method, path, body) {
      const answer = await fetch(`${serviceUrl}${path}`, {
        method,
        headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, body: await answer.json() };
    },
    calls: () =>
      sandbox.control
        .record()
        .calls.map(({ operation }) => operation)
        .filter((operation) => !operation.startsWith("playback.")),
    close: () => closers.closeAll(),
  };
  return evening;
}
