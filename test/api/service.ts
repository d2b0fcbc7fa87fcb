import { EventEmitter, once } from "node:events";
import type { AddressInfo } from "node:net";

import request from "supertest";
import { afterAll, beforeAll, expect } from "vitest";

import { createReaders, type ReaderLimits } from "../../src/api/index.ts";
import { type AppConfig, type AppDeps, createApp } from "../../src/app.ts";
import { createAdvance } from "../../src/engine/index.ts";
import { appendWithin, createEventLog, type NewEvent, openFeed } from "../../src/eventlog/index.ts";
import { createFigures } from "../../src/figures/index.ts";
import { createHttpServer, type HttpLimits } from "../../src/http-server.ts";
import { findRevoked } from "../../src/keys/index.ts";
import { defaultPolicy, type LiveEvent } from "../../src/live/index.ts";
import { createLogger } from "../../src/log.ts";
import { interpret, signAgora } from "../../src/webhooks/index.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { plainLinks } from "../support/playback-links.ts";
import { checkAnswers } from "./described-answers.ts";

export const apiKey = "operators-key";
/** In the form of Agora's: 32 hexadecimal digits each. */
export const appId = "3f0c1d7e9a5b4c2e8d6f0a1b2c3d4e5f";
export const appCertificate = "8e7d6c5b4a39281706f5e4d3c2b1a090";
export const ncsSecret = "ncs-secret";
export const notificationSecret = "notification-secret";

/** Easily told apart, and not the default ones. */
export const prices = {
  asOf: "2026-01-02",
  cloudRecording: { HD: 10, FHD: 20 },
  mediaPush: { HD: 5, FHD: 15 },
  stored: 1,
};

export interface Service {
  url: string;
  database: TestDatabase;
  /** What it logged. */
  lines: Record<string, unknown>[];
  /** The log line of the request with this `X-Request-Id`, which may come after its answer. */
  lineOf: (requestId: string) => Promise<Record<string, unknown>>;
  /** A request with the operators' key. */
  call: (method: "get" | "head" | "put" | "post" | "patch" | "delete" | "options", path: string) => request.Test;
  /** Without one. */
  anonymous: ReturnType<typeof request>;
  /** Sends Agora's notification of a host, signed. */
  notify: (eventType: number, channelName: string, uid: number) => Promise<void>;
  /** The same, and waits until its channel is up to date. */
  notifyAndWait: (eventType: number, channelName: string, uid: number) => Promise<void>;
  /** Appends facts to a channel's log, and advances it. */
  tell: (channelId: number, ...facts: LiveEvent[]) => Promise<void>;
  /** Rows of the event log, of one source or of all. */
  countEvents: (...sources: NewEvent["source"][]) => Promise<number>;
  /** Resolves when everything appended so far is folded. */
  settled: () => Promise<void>;
  /** Rejects if anything that it answered is not as /openapi.json says. */
  close: () => Promise<void>;
}

/** The HTTP side of the service on a database, listening on 127.0.0.1, without a worker: effects stay open. */
export async function startService(
  database: TestDatabase,
  overrides: Partial<AppConfig & AppDeps> & {
    channelPolicy?: "auto" | "registered";
    limits?: Partial<HttpLimits>;
    streams?: Partial<ReaderLimits>;
  } = {},
): Promise<Service> {
  const { knex, schema } = database;
  const lines: Record<string, unknown>[] = [];
  const written = new EventEmitter();
  const write = (line: string) => {
    lines.push(JSON.parse(line) as Record<string, unknown>);
    written.emit("line");
  };
  const log = createLogger({ level: "debug", destination: { write } });
  const appended = new EventEmitter();
  const advancing = createAdvance({
    knex,
    schema,
    log,
    interpret,
    policy: defaultPolicy,
    defaultMode: "cloud-recording",
    maxActiveRelays: 50,
  });
  const eventLog = createEventLog({
    knex,
    schema,
    log,
    channelPolicy: overrides.channelPolicy ?? "auto",
    onAppended: (channelIds) => {
      advancing.request(channelIds);
      appended.emit("appended");
    },
  });
  const config = {
    apiKey,
    jwt: null,
    corsOrigins: [],
    trustProxy: 0,
    production: false,
    notifications: { allowPrivate: false, disableAfterMs: 0 },
    policy: defaultPolicy,
    relayMode: "cloud-recording" as const,
    prices,
    // Every test here comes from one address.
    failedKeysMost: 10_000,
    publicUrl: "http://127.0.0.1",
    stage: { logoUrl: null, overlayUrl: null },
    agora: { appId, appCertificate, ncsSecrets: [ncsSecret] },
    cloudflare: { notificationSecrets: [notificationSecret], webhookSecrets: [], playbackUrl: null },
  };
  const readers = createReaders({ findRevoked: (ids) => findRevoked(database, ids), ...overrides.streams });
  const feed = openFeed({ url: database.url, schema, log });
  const figures = createFigures({ knex, schema, log, freshMs: 0 });
  const collaborators = {
    knex,
    schema,
    log,
    feed,
    readers,
    links: plainLinks,
    figures,
    onReceived: figures.onReceived,
    append: (event: NewEvent) => eventLog.append(event),
    advance: (id: number) => advancing.advance(id),
    onNotified: () => undefined,
  };
  const app = createApp({ ...config, ...overrides }, { ...collaborators, isWorkerRunning: () => true, ...overrides });
  const { listener, wrong } = checkAnswers(app);
  const server = createHttpServer(listener, overrides.limits);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  let notices = 0;
  async function notify(eventType: number, channelName: string, uid: number): Promise<void> {
    notices++;
    const ts = Math.floor(Date.now() / 1000);
    const payload = { channelName, uid, clientSeq: notices, ts, platform: 7, reason: 1 };
    const body = JSON.stringify({
      noticeId: `notice-${notices}`,
      productId: 1,
      eventType,
      notifyMs: ts * 1000,
      payload,
    });
    await request(url)
      .post("/webhooks/agora")
      .set({ "content-type": "application/json", ...signAgora(ncsSecret, body) })
      .serialize(String)
      .send(body)
      .expect(200);
  }

  return {
    url,
    database,
    lines,
    async lineOf(requestId) {
      for (;;) {
        const line = lines.find((candidate) => candidate.requestId === requestId);
        if (line !== undefined) return line;
        await once(written, "line");
      }
    },
    call: (method, path) => request(url)[method](path).set("authorization", `Bearer ${apiKey}`),
    anonymous: request(url),
    notify,
    async notifyAndWait(...of) {
      const done = once(appended, "appended");
      await notify(...of);
      await done;
      await advancing.idle();
    },
    async tell(channelId, ...facts) {
      await knex.transaction((trx) =>
        appendWithin(
          trx,
          schema,
          facts.map((fact, i) => ({
            source: "tally" as const,
            dedupeKey: `test:${channelId}:${++notices}:${i}`,
            type: fact.type,
            route: null,
            channelId,
            occurredAt: null,
            payload: fact,
            raw: null,
            bodySha256: null,
            headers: null,
          })),
        ),
      );
      await advancing.advance(channelId);
      await advancing.idle();
    },
    async countEvents(...sources) {
      const { rows } = await knex.raw<{ rows: { n: number }[] }>(
        `select count(*)::integer as n from ${schema}.events where :all or source = any(:sources)`,
        { all: sources.length === 0, sources },
      );
      return rows[0]?.n ?? NaN;
    },
    async settled() {
      await eventLog.idle();
      await advancing.idle();
    },
    async close() {
      readers.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await eventLog.close();
      await advancing.idle();
      await feed.close();
      await figures.close();
      if (wrong.length > 0) throw new Error(`Not as /openapi.json says:\n${wrong.join("\n")}`);
    },
  };
}

/** A service for the tests of one file, on a database of its own. */
export function useService(overrides: Parameters<typeof startService>[1] = {}): () => Service {
  let service: Service | undefined;
  beforeAll(async () => {
    service = await startService(await createTestDatabase(), overrides);
  });
  afterAll(async () => {
    await service?.close();
    await service?.database.drop();
  });
  return () => {
    if (service === undefined) throw new Error("the service is not started yet");
    return service;
  };
}

/** Asserts that an answer is a problem document with this code. */
export function expectProblem(response: request.Response, status: number, code: string): void {
  expect({ status: response.status, code: (response.body as { code?: string }).code }).toEqual({ status, code });
  expect(response.type).toBe("application/problem+json");
  expect(response.body).toMatchObject({ type: "about:blank", status, code });
}
