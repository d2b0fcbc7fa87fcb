import { readFile } from "node:fs/promises";
import { join } from "node:path";

import fetch from "node-fetch";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createClosers } from "../../src/closers.ts";
import { createSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { signAgora } from "../../src/webhooks/index.ts";
import { audience, issuer, startApp } from "../api/app-tokens.ts";
import { runTally } from "../cli/tally.ts";
import { answer as answering, startReceiver } from "../notifications/receiver.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { dumpDatabase } from "../support/dump.ts";
import { createSigningKey } from "../support/playback-links.ts";
import { startTraceReceiver } from "../support/trace-receiver.ts";
import { policy } from "./evening.ts";
import { spawnProcess, spawnService, until } from "./process.ts";
import { openQuotingProxy, type Quote, type SeenCall } from "./quoting-proxy.ts";

const signing = createSigningKey();
/** With what JSON, URLs and patterns trip over, where the value's way allows it. */
const settings = {
  apiKey: "SECRET-api-key-0001",
  appCertificate: 'SECRET-certificate-"0002"\\',
  customerSecret: "SECRET-customer-secret/0003+é",
  ncs: "SECRET-ncs-0004",
  storageAccessKey: "SECRETSTORAGEACCESS0005",
  storageSecretKey: 'SECRET-storage/secret+"0006"=',
  cloudflareToken: "SECRET-cloudflare-token-0007",
  notification: "SECRET-notification-0008",
  stream: "SECRET-stream-webhook-0009",
  databasePassword: "SECRET:database@password/0010",
  signingKey: signing.pem,
  collectorKey: "SECRET-collector-key-0011",
};
/** What others send us or bugs of ours speak of: no setting, so that only its shape or its place gives it away. */
const foreign = {
  guessedKey: "SECRET-guessed-key-1001",
  guessedNotification: "SECRET-guessed-notification-1002",
  statusToken: "SECRET-status-token-1003",
  stageToken: "SECRETstage.SECRETtoken-1004",
  pathValue: "SECRET-value-of-a-statement-1005",
  memberToken: "SECRET-member-token-1006",
  thrownKey: "SECRET-thrown-stream-key-1007",
  crashPassword: "SECRET-crash-password-1008",
  wrongPassword: "SECRET-wrong-password-1009",
  pushKey: "SECRET-push-key-1010",
};
const channel = "channel_7";

const closers = createClosers();
afterAll(() => closers.closeAll());

/** Everything that a person, a log collector or a backup could read, by where it was found. */
const found: Record<string, string> = {};
const secrets = new Map<string, string>([...Object.entries(settings), ...Object.entries(foreign)]);
/** Of links that viewers get: in answers and where links are shown they belong, and nowhere else. */
const playbackTokens = new Map<string, string>();
/** Answers of the API, in order. */
const answers: string[] = [];

let database: TestDatabase;
let sandbox: Sandbox;
let quotesLeft: Quote[];

function addSecret(name: string, value: string): void {
  secrets.set(name, value);
}

/** Refusals that quote the call that they refuse, as much as fits into what is kept of a message. */
const quotes: Quote[] = [
  cloudflare("/live_inputs", ({ headers }) => `Invalid request: ${JSON.stringify(headers.authorization)}`),
  cloudflare("/live_inputs", ({ headers }) => `Token ${headers.authorization?.slice(7)} is not allowed here`),
  agora("/acquire", 500, ({ headers }) => `bad credentials ${headers.authorization?.slice(6)}`),
  agora("/start", 400, ({ text }) => `cannot push to ${/rtmps?:[^"]+/.exec(text)?.[0]}`),
  agora("/start", 400, ({ text }) => `storageConfig ${/"accessKey".*?"secretKey":"(?:[^"\\]|\\.)*"/.exec(text)?.[0]}`),
  agora("/start", 400, ({ text }) => `no such page: ${/"url":"([^"]+)/.exec(text)?.[1]}`),
  agora("/start", 400, ({ text }) => `stream ${/\/live\/([^"]+)/.exec(text)?.[1]}, keys ${keysIn(text).join(" ")}`),
];

function agora(path: string, status: number, words: (call: Parameters<Quote["answer"]>[0]) => string): Quote {
  // 433 to a start: take another resource.
  return { path, answer: (call) => ({ status, body: { code: status === 500 ? 500 : 433, reason: words(call) } }) };
}

function cloudflare(path: string, words: (call: Parameters<Quote["answer"]>[0]) => string): Quote {
  const body = (message: string) => ({
    success: false,
    result: null,
    messages: [],
    errors: [{ code: 10_001, message }],
  });
  return { path, answer: (call) => ({ status: 503, body: body(words(call)) }) };
}

function keysIn(text: string): string[] {
  const { accessKey, secretKey } = (
    JSON.parse(text) as { clientRequest: { storageConfig: { accessKey: string; secretKey: string } } }
  ).clientRequest.storageConfig;
  return [accessKey, secretKey];
}

async function openDatabase(): Promise<string> {
  database = await createTestDatabase();
  const role = new URL(database.url).pathname.slice(1);
  const quoted = settings.databasePassword.replaceAll("'", "''");
  await database.knex.raw(`create role ${role} login superuser password '${quoted}'`);
  closers.add("the database", async () => {
    await database.knex.raw(`drop role ${role}`);
    await database.drop();
  });
  const url = new URL(database.url);
  url.username = role;
  url.password = encodeURIComponent(settings.databasePassword);
  return url.href;
}

function startSandbox(): Promise<Sandbox> {
  return createSandbox({
    appCertificate: settings.appCertificate,
    settings: {
      pace: 0.05,
      agora: { customerSecret: settings.customerSecret },
      cloudflare: { apiToken: settings.cloudflareToken },
      secrets: {
        ncsRtc: settings.ncs,
        ncsRecording: settings.ncs,
        cloudflareNotification: settings.notification,
        cloudflareVideo: settings.stream,
      },
    },
  });
}

beforeAll(playTheEvening, 120_000);

async function playTheEvening(): Promise<void> {
  const databaseUrl = await openDatabase();
  sandbox = await startSandbox();
  closers.add("the sandbox", () => sandbox.close());
  const proxy = await openQuotingProxy(sandbox.url, quotes);
  closers.add("the proxy", () => proxy.close());
  quotesLeft = proxy.quotes;
  const app = await startApp();
  closers.add("the app's login", () => app.close());
  const collector = await startTraceReceiver();
  closers.add("the collector", () => collector.close());
  const receiver = await startReceiver();
  closers.add("the receiver", () => receiver.close());
  const env = {
    ...sandbox.environment,
    ...policy,
    JWT_JWKS_URL: app.jwksUrl,
    JWT_ISSUER: issuer,
    JWT_AUDIENCE: audience,
    NOTIFICATION_ALLOW_PRIVATE: "true",
    CLOUDFLARE_STREAM_REQUIRE_SIGNED_URLS: "true",
    CLOUDFLARE_STREAM_SIGNING_KEY_ID: signing.keyId,
    CLOUDFLARE_STREAM_SIGNING_KEY: settings.signingKey,
    RECOVERY_SECONDS: "0.2,0.2,0.2,0.2",
    NODE_ENV: "test",
    NODE_OPTIONS: `--require ${join(import.meta.dirname, "breakable.cjs")}`,
    LOG_LEVEL: "trace",
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${settings.collectorKey}`,
    DATABASE_URL: databaseUrl,
    API_KEY: settings.apiKey,
    AGORA_API_URL: `${proxy.url}/agora`,
    CLOUDFLARE_API_URL: `${proxy.url}/cloudflare/client/v4`,
    AGORA_STORAGE_ACCESS_KEY: settings.storageAccessKey,
    AGORA_STORAGE_SECRET_KEY: settings.storageSecretKey,
  };
  const service = await spawnService(env);
  closers.add("the service", async () => {
    service.child.kill("SIGKILL");
    await service.gone;
  });
  sandbox.control.changeSettings({ serviceUrl: service.url });

  async function answerTo(method: string, path: string, headers: Record<string, string>, body?: string) {
    const answer = await fetch(service.url + path, { method, headers, ...(body === undefined ? {} : { body }) });
    const text = await answer.text();
    answers.push(JSON.stringify(answer.headers.raw()), text);
    return { status: answer.status, text };
  }
  const ask = async (...asked: Parameters<typeof answerTo>) => (await answerTo(...asked)).status;
  const key = { authorization: `Bearer ${settings.apiKey}` };
  const statusIs = (isSo: (status: { live: boolean; playable: boolean; state: string }) => boolean) => async () => {
    const { status, text } = await answerTo("GET", `/v1/channels/${channel}/status`, key);
    return status === 200 && isSo(JSON.parse(text) as { live: boolean; playable: boolean; state: string });
  };

  // What Tally gives out: each is shown once, to whom it is for.
  const made = await runTally(["keys", "create", "shop", "--scope", "admin", "--json"], { env });
  const { key: shopKey } = made.json() as { key: string };
  addSecret("a key of the database", shopKey.slice(shopKey.lastIndexOf("_") + 1));
  const shop = { authorization: `Bearer ${shopKey}`, "content-type": "application/json" };
  const shown = async (path: string, body: object) => {
    const answer = await fetch(service.url + path, { method: "POST", headers: shop, body: JSON.stringify(body) });
    return (await answer.json()) as { secret: string; token: string };
  };
  const endpoint = await shown("/v1/notification-endpoints", { url: receiver.url });
  addSecret("a notification secret", endpoint.secret.slice("whsec_".length));
  receiver.answers.push(answering(500, {}, `no signature of ${endpoint.secret} or ${shopKey}`));

  // An exception in our code, in the first call that is made: its words are kept with the job.
  const thrown = `broken on purpose: rtmps://live.example/live/${foreign.thrownKey} and ${settings.storageSecretKey}`;
  service.child.send({ breakNextCall: thrown });
  sandbox.control.join(channel, 1001, "host");
  await until("the job has failed", async () => {
    found["the database after the exception"] = await dumpDatabase(database.knex);
    return found["the database after the exception"].includes("broken on purpose");
  });
  await until(
    "she is live, after every refusal",
    statusIs(({ live }) => live),
  );

  // Readers with what they were given, where it belongs and where it doesn't.
  const { token } = await shown(`/v1/channels/${channel}/status-token`, {});
  addSecret("a status token", token);
  const login = await app.jwt();
  addSecret("a seller's login", login);
  expect(await ask("GET", `/v1/channels/${channel}/status?token=${token}`, {})).toBe(200);
  expect(await ask("GET", "/v1/sessions?limit=1", { authorization: `Bearer ${login}` })).not.toBe(401);
  expect(await ask("GET", `/v1/channels/${channel}/status?token=${login}`, {})).toBe(404);
  expect(await ask("GET", `/v1/channels/${channel}/status?token=${shopKey}`, {})).toBe(401);
  for (const guess of [`${shopKey.slice(0, -1)}x`, `${token}x`, `${login}x`]) {
    expect(await ask("GET", "/v1/channels", { authorization: `Bearer ${guess}` })).toBe(401);
  }

  // Whoever isn't who he says, and addresses that are credentials.
  await ask("POST", "/webhooks/agora", { "agora-signature-v2": foreign.memberToken }, "{}");
  await ask("POST", "/webhooks/cloudflare/live", { "cf-webhook-auth": foreign.guessedNotification }, "{}");
  await ask("POST", "/webhooks/cloudflare/video", { "webhook-signature": `time=1,sig1=${foreign.memberToken}` }, "{}");
  await ask("GET", "/v1/channels", { authorization: `Bearer ${foreign.guessedKey}` });
  await ask("GET", `/v1/channels/${channel}/status?token=${foreign.statusToken}`, {});
  await ask("GET", `/stage/${foreign.stageToken}`, {});
  await ask("GET", `/nowhere?token=${foreign.statusToken}`, { referer: `https://x/stage/${foreign.stageToken}` });

  // What authenticates and speaks of secrets: as JSON, as text, as bytes.
  const details = {
    errorMsg: `${settings.storageAccessKey} may not write; ${JSON.stringify({ token: foreign.memberToken })}`,
    page: `${service.url}/stage/${foreign.stageToken}`,
    rtmpUrl: `rtmp://me:${foreign.pushKey}@push.example/app/${foreign.pushKey}?auth=${foreign.pushKey}`,
    storage: { secretKey: settings.storageSecretKey, encoded: encodeURIComponent(settings.storageSecretKey) },
    token: foreign.memberToken,
  };
  const payload = { cname: channel, uid: "999007", sid: "x", sequence: 9, sendts: Date.now(), serviceType: 0, details };
  const body = JSON.stringify({ noticeId: "1", productId: 3, eventType: 1, notifyMs: Date.now(), payload });
  for (const raw of [body, `${body} and no JSON`, `${body}\0`]) {
    const headers = { ...signAgora(settings.ncs, raw), "user-agent": `agora (${settings.ncs})` };
    expect(await ask("POST", "/webhooks/agora", headers, raw)).toBe(200);
  }

  // A statement of ours that fails.
  await database.knex.raw(`
    create function refuse() returns trigger language plpgsql as $$ begin raise 'not this one'; end $$;
    create trigger refuse before insert on tally.channels for each row when (new.name like 'SECRET%')
      execute function refuse()`);
  const json = { ...key, "content-type": "application/json" };
  expect(
    await ask("PUT", `/v1/channels/${foreign.pathValue}`, json, JSON.stringify({ hostUserId: "SECRET-1011" })),
  ).toBe(500);

  await until(
    "viewers can watch",
    statusIs(({ playable }) => playable),
  );
  sandbox.control.leave(channel, 1001, "host");
  await sandbox.control.until("the video's webhook", ({ webhooks }) =>
    webhooks.some(({ kind, outcome }) => kind === "cloudflare-video" && outcome === "delivered"),
  );
  await until(
    "the session is over",
    statusIs(({ state }) => state === "stopped"),
  );
  for (const path of [
    "/v1/channels",
    `/v1/channels/${channel}`,
    `/v1/channels/${channel}/sessions`,
    "/v1/sessions/7-1",
    "/v1/sessions/7-1/timeline",
  ]) {
    expect(await ask("GET", path, key)).toBe(200);
  }

  // The attempt that was refused, and those after it.
  await until("the app is told that viewers could watch", () =>
    receiver.received.some(({ body }) => body.includes("live.playable")),
  );

  // What was traced: a crash takes with it what wasn't sent yet.
  const isTraced = (what: string, isSo: (error: string | null) => boolean) =>
    collector.spans.some(({ name, error }) => name.startsWith(what) && isSo(error));
  await until("the last call and the app's refusal are traced", () => {
    return isTraced("agora stop", () => true) && isTraced("notify", (error) => error !== null);
  });
  found["the traces"] = collector.requests.map(({ body }) => body).join("\n");
  expect(collector.requests[0]?.headers.authorization).toBe(`Bearer ${settings.collectorKey}`);

  // What nobody catches.
  service.child.send({
    crash: `at postgres://tally:${foreign.crashPassword}@db/tally with ${settings.customerSecret}`,
  });
  expect(await service.gone).toBe(1);
  found["the service's output"] = service.output();

  await askTheCommandLine(env);
  await failToStart(env, databaseUrl);
  found["the answers"] = answers.join("\n");
  found["what the app is told"] = JSON.stringify(receiver.received.map(({ body }) => body));
  for (const text of [found["the answers"], found["what the app is told"]]) {
    for (const [link, playing = ""] of text.matchAll(/[^"]*\/(eyJ[\w.-]+)\/manifest/g)) {
      playbackTokens.set(link, playing);
    }
  }
  found["the database"] = await dumpDatabase(database.knex);
  found["the sandbox's record"] = JSON.stringify([sandbox.control.record(), sandbox.control.state()]);
  const setting = "select current_setting('data_directory') as folder";
  const { rows } = await database.knex.raw<{ rows: { folder: string }[] }>(setting);
  found["the database server's log"] = await readFile(join(rows[0]?.folder ?? "", "../server.log"), "utf8");
  collectSecrets(proxy.calls);
}

async function askTheCommandLine(env: Record<string, string>): Promise<void> {
  const outputs: string[] = [];
  const tally = async (...argv: string[]) => {
    const { out, err, code } = await runTally(argv, { env });
    outputs.push(out, err);
    return { out, code };
  };
  const { out } = await tally("events", "list", "--json", "--limit", "500");
  const { items } = JSON.parse(out) as { items: { id: number }[] };
  for (const { id } of items) {
    await tally("events", "show", String(id));
    await tally("events", "show", String(id), "--json", "--verbose");
  }
  await tally("effects", "list", "--json");
  await tally("effects", "list");
  await tally("channels", "show", channel, "--json");
  await tally("sessions", "show", "7-1", "--json");
  await tally("sessions", "timeline", "7-1", "--calls");
  await tally("sessions", "timeline", "7-1", "--json");
  await tally("keys", "list", "--json");
  await tally("endpoints", "list", "--json");
  const told = await tally("notifications", "list", "--json");
  const { items: deliveries } = JSON.parse(told.out) as { items: { notificationId: string }[] };
  for (const { notificationId } of deliveries) await tally("notifications", "show", notificationId);
  const nobody = `http://me:${foreign.crashPassword}@127.0.0.1:1/stage/${foreign.stageToken}`;
  expect(await tally("simulate", "host-joins", channel, "--url", nobody, "--verbose")).toMatchObject({ code: 1 });
  const elsewhere = new URL(env.DATABASE_URL ?? "");
  elsewhere.password = foreign.wrongPassword;
  const ran = await runTally(["events", "list", "--verbose"], { env: { ...env, DATABASE_URL: elsewhere.href } });
  outputs.push(ran.out, ran.err);
  found["the command line's output"] = outputs.join("\n");
}

async function failToStart(env: Record<string, string>, databaseUrl: string): Promise<void> {
  const wrong = new URL(databaseUrl);
  wrong.password = foreign.wrongPassword;
  const unknown = new URL(databaseUrl);
  unknown.pathname = "/nowhere";
  const starts = [
    spawnProcess("main.js", { ...env, PORT: "0", DATABASE_URL: wrong.href }),
    spawnProcess("main.js", { ...env, PORT: "0", DATABASE_URL: unknown.href }),
    spawnProcess("main.js", { ...env, PORT: "many", PUBLIC_URL: `https://me:${foreign.crashPassword}@tally.example` }),
    spawnProcess("main.js", { ...env, PORT: "0", DATABASE_URL: `${databaseUrl}#/`, API_KEY: " ", RELAY_MODE: "none" }),
    spawnProcess("db/migrate-main.js", { ...env, DATABASE_URL: wrong.href }),
  ];
  for (const start of starts) expect(await start.gone).toBe(1);
  found["the failed starts"] = starts.map((start) => start.output()).join("\n");
}

/** What the providers were told and told us, as it went over the wire. */
function collectSecrets(calls: SeenCall[]): void {
  for (const { headers, text, answer } of calls) {
    addSecret(`credential ${headers.authorization}`, headers.authorization?.split(" ")[1] ?? "");
    for (const [, streamKey = ""] of `${text} ${answer}`.matchAll(/"streamKey":"([^"]+)"/g)) {
      addSecret("the stream key", streamKey);
    }
    for (const [, token = ""] of text.matchAll(/\/stage\/([^"]+)/g)) addSecret(`stage token ${token}`, token);
  }
}

/** Where links that play belong. */
const showLinks = new Set(["the answers", "what the app is told", "the command line's output"]);

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    json,
    JSON.stringify(json).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString("base64").replace(/=+$/, ""),
    bytes.toString("base64url"),
    bytes.toString("hex"),
  ];
}

describe("an evening with failures that quote every secret", () => {
  test("met every chance to tell one", () => {
    expect(quotesLeft).toEqual([]);
    expect([...secrets.keys()].filter((name) => name.startsWith("stage token")).length).toBeGreaterThanOrEqual(4);
    expect(secrets.get("the stream key")).toMatch(/^[0-9a-f]{32}k[0-9a-f]{32}$/);
    expect(secrets.size).toBeGreaterThan(30);
    expect(playbackTokens.size).toBeGreaterThan(0);
    expect(found["what the app is told"]).toContain("live.playable");
    const { "the database": rows = "", "the service's output": output = "" } = found;
    expect(found["the database after the exception"]).toMatch(/_private_jobs .*broken on purpose/);
    expect(found["the traces"]).toContain("broken on purpose");
    for (const quoted of [
      "storageConfig",
      "cannot push to",
      "no such page",
      "bad credentials",
      "is not allowed here",
    ]) {
      expect(rows).toMatch(new RegExp(`effects .*${quoted}`));
      expect(output).toContain(quoted);
      expect(found["the traces"]).toContain(quoted);
    }
    expect(rows).toMatch(/events .*recording\.1/);
    // The bodies of calls are kept: the push URL and the storage's keys were in them.
    expect(rows).toMatch(/provider_calls .*"rtmpUrl": "rtmps:[^"]+\/\[redacted\]"/);
    expect(rows).toMatch(/provider_calls .*"secretKey": "\[key sha256:/);
    expect(rows).toMatch(/provider_calls .*"streamKey": "\[key sha256:/);
    expect(rows).toMatch(/refusals .*fits none of the/);
    expect(rows).toMatch(/notification_deliveries .*no signature of/);
    expect(output).toContain("no signature of");
    expect(output).toContain("tally.crashed");
    expect(output).toContain("not this one");
    expect(found["the failed starts"]).toContain("password authentication failed");
    expect(found["the command line's output"]).toContain("recording.100");
  });

  test.each([
    "the service's output",
    "the answers",
    "what the app is told",
    "the command line's output",
    "the failed starts",
    "the database after the exception",
    "the database",
    "the database server's log",
    "the sandbox's record",
    "the traces",
  ])("tells none in %s", (where) => {
    const text = found[where] ?? "";
    expect(text.length).toBeGreaterThan(50);
    const hidden = [...secrets, ...(showLinks.has(where) ? [] : playbackTokens)];
    const told = hidden.filter(([, secret]) => formsOf(secret).some((form) => text.includes(form)));
    expect(told.map(([name]) => name)).toEqual([]);
    expect(text.match(/.{60}SECRET-.{40}/gs)).toBeNull();
  });
});
