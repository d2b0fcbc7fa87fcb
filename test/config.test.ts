import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import {
  completeForDevelopment,
  ConfigError,
  describeConfig,
  developmentCredentials,
  loadConfig,
  loadDatabaseConfig,
  readConfig,
} from "../src/config/index.ts";
import { defaultPolicy } from "../src/live/index.ts";

const agora = {
  AGORA_APP_ID: "0123456789abcdef0123456789abcdef",
  AGORA_APP_CERTIFICATE: "fedcba9876543210fedcba9876543210",
  AGORA_CUSTOMER_ID: "agora-customer-id",
  AGORA_CUSTOMER_SECRET: "agora-customer-secret",
  AGORA_NCS_SECRET: "agora-ncs-secret-1, agora-ncs-secret-2",
  AGORA_CLOUD_RECORDING_VENDOR: "1",
  AGORA_STORAGE_REGION: "0",
  AGORA_STORAGE_BUCKET: "recordings",
  AGORA_STORAGE_ACCESS_KEY: "storage-access-key",
  AGORA_STORAGE_SECRET_KEY: "storage-secret-key",
};
const cloudflare = {
  CLOUDFLARE_STREAM_ACCOUNT_ID: "cloudflare-account",
  CLOUDFLARE_STREAM_API_TOKEN: "cloudflare-api-token",
  CLOUDFLARE_NOTIFICATION_SECRET: "cloudflare-notification-secret",
  CLOUDFLARE_STREAM_WEBHOOK_SECRET: "cloudflare-webhook-secret",
};
const production = {
  NODE_ENV: "production",
  DATABASE_URL: "postgres://tally:database-password@db.example.com:5432/shop",
  API_KEY: "operator-api-key",
  PUBLIC_URL: "https://tally.example.com",
  ...agora,
  ...cloudflare,
};

/** The sentences of the error that an environment gives, each without its indentation. */
function problemsOf(env: NodeJS.ProcessEnv): string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.message
        .split("\n")
        .slice(1)
        .map((line) => line.trim());
    }
    throw error;
  }
  return [];
}

const namesIn = (problems: string[]) => problems.map((problem) => problem.split(" ")[0]);

describe("loadConfig", () => {
  test("needs nothing outside production: embedded database, sandbox, defaults", () => {
    expect(loadConfig({})).toMatchObject({
      production: false,
      sandbox: true,
      port: 3000,
      sandboxPort: 3001,
      publicUrl: "http://127.0.0.1:3000",
      apiKey: null,
      migrateOnStart: true,
      database: { url: null, directUrl: null, schema: "tally", poolMax: 6 },
      trustProxy: 0,
      agora: null,
      agoraAllowList: false,
      cloudflare: null,
      relayMode: "cloud-recording",
      channelPolicy: "auto",
      maxActiveRelays: 50,
      callsPerSecond: { agora: 8, cloudflare: 3 },
      policy: defaultPolicy,
    });
  });

  test("groups a production environment", () => {
    expect(loadConfig({ ...production, CORS_ORIGINS: "https://shop.example.com" })).toMatchObject({
      production: true,
      sandbox: false,
      publicUrl: "https://tally.example.com",
      apiKey: "operator-api-key",
      corsOrigins: ["https://shop.example.com"],
      migrateOnStart: false,
      database: { url: production.DATABASE_URL, directUrl: null },
      agora: {
        apiUrl: "https://api.agora.io",
        region: "NA",
        ncsSecrets: ["agora-ncs-secret-1", "agora-ncs-secret-2"],
        storage: { vendor: 1, region: 0, bucket: "recordings", endpoint: null, prefix: null },
      },
      cloudflare: { apiUrl: "https://api.cloudflare.com/client/v4", webhookSecrets: ["cloudflare-webhook-secret"] },
    });
  });

  test("lists every problem in one message: what is missing and what is bad", () => {
    const problems = problemsOf({ NODE_ENV: "production", PORT: "http", RELAY_MODE: "ffmpeg", CHECKUP_SECONDS: "-1" });
    expect(namesIn(problems).sort()).toEqual(
      [
        ...["DATABASE_URL", "API_KEY", "PUBLIC_URL", "PORT", "RELAY_MODE", "CHECKUP_SECONDS"],
        ...Object.keys(agora),
        ...Object.keys(cloudflare).filter((name) => name !== "CLOUDFLARE_STREAM_WEBHOOK_SECRET"),
      ].sort(),
    );
    expect(problems).toContain('PORT must be a whole number from 0 to 65535, not "http"');
    expect(problems).toContain('RELAY_MODE must be one of: cloud-recording, media-push, not "ffmpeg"');
    expect(problems.find((problem) => problem.startsWith("API_KEY"))).toMatch(/^API_KEY is missing: set it to /);
  });

  test.each(Object.keys(agora).concat(Object.keys(cloudflare).slice(0, 3)))(
    "half-configured providers are an error that names %s",
    (name) => {
      expect(namesIn(problemsOf({ ...agora, ...cloudflare, [name]: "" }))).toEqual([name]);
    },
  );

  test("one provider's variable is enough to mean the real providers", () => {
    expect(namesIn(problemsOf({ CLOUDFLARE_STREAM_CUSTOMER_CODE: "abc" }))).toHaveLength(13);
    expect(namesIn(problemsOf({ AGORA_API_URL: "http://127.0.0.1:9000" }))).toHaveLength(13);
  });

  test("an empty variable counts as missing, and spaces around a value don't count", () => {
    expect(loadConfig({ API_KEY: "  ", PORT: " 4000\n", DATABASE_URL: "" })).toMatchObject({
      apiKey: null,
      port: 4000,
      database: { url: null },
    });
  });

  test("in production the URLs that carry secrets must be https", () => {
    const http = {
      PUBLIC_URL: "http://tally.example.com",
      AGORA_API_URL: "http://127.0.0.1:9000/agora",
      CLOUDFLARE_API_URL: "http://127.0.0.1:9000/cloudflare",
    };
    expect(namesIn(problemsOf({ ...production, ...http }))).toEqual(Object.keys(http));
    expect(problemsOf({ ...agora, ...cloudflare, ...http })).toEqual([]);
  });

  test("the stage's images are https in production, as the page is, and may have a query", () => {
    const http = {
      STAGE_LOGO_URL: "http://cdn.example.com/logo.png",
      STAGE_OVERLAY_URL: "HTTP://cdn.example.com/o.png",
    };
    expect(namesIn(problemsOf({ ...production, ...http }))).toEqual(Object.keys(http));
    expect(loadConfig({ ...http, STAGE_OVERLAY_URL: "https://cdn.example.com/o.png?v=2" }).stage).toEqual({
      logoUrl: "http://cdn.example.com/logo.png",
      overlayUrl: "https://cdn.example.com/o.png?v=2",
    });
    expect(loadConfig({}).stage).toEqual({ logoUrl: null, overlayUrl: null });
  });

  test("storage of vendor 11 needs its endpoint", () => {
    const other = { ...agora, ...cloudflare, AGORA_CLOUD_RECORDING_VENDOR: "11" };
    expect(namesIn(problemsOf(other))).toEqual(["AGORA_STORAGE_ENDPOINT"]);
    const { agora: read } = loadConfig({ ...other, AGORA_STORAGE_ENDPOINT: "s3.example.com" });
    expect(read?.storage).toMatchObject({ vendor: 11, endpoint: "s3.example.com" });
  });

  test("an App ID that Agora can't have given is refused, unless an imitation is called", () => {
    const odd = { ...agora, ...cloudflare, AGORA_APP_ID: "app", AGORA_APP_CERTIFICATE: "certificate" };
    expect(namesIn(problemsOf(odd))).toEqual(["AGORA_APP_ID", "AGORA_APP_CERTIFICATE"]);
    expect(problemsOf({ ...odd, AGORA_API_URL: "http://127.0.0.1:9000" })).toEqual([]);
  });

  test("policy values are seconds, fractions allowed, and become milliseconds", () => {
    const { policy } = loadConfig({
      STOP_GRACE_SECONDS: "0.5",
      START_RETRY_SECONDS: "0.1, 2",
      RECOVERY_SECONDS: "1",
      CHECKUP_SECONDS: "0",
      MAX_SESSION_HOURS: "0.01",
      MAX_RESTARTS: "2",
      BOT_CLIENT_TYPES: "3,10",
    });
    expect(policy).toEqual({
      ...defaultPolicy,
      stopGraceMs: 500,
      startRetryMs: [100, 2000],
      recoveryMs: [1000],
      checkupMs: 0,
      maxSessionMs: 36_000,
      maxRestarts: 2,
      botClientTypes: [3, 10],
    });
  });

  test.each([
    ["PORT", "65536"],
    ["PORT", "1e3"],
    ["MIGRATE_ON_START", "yes"],
    ["LOG_LEVEL", "loud"],
    ["PUBLIC_URL", "tally.example.com"],
    ["PUBLIC_URL", "https://user:secret@tally.example.com"],
    ["PUBLIC_URL", "ftp://tally.example.com"],
    ["STAGE_LOGO_URL", "logo.png"],
    ["STAGE_LOGO_URL", "data:image/png;base64,AA"],
    ["STAGE_OVERLAY_URL", "https://me:secret@cdn.example.com/o.png"],
    ["CORS_ORIGINS", "https://shop.example.com/path"],
    ["DATABASE_URL", "mysql://localhost/tally"],
    ["DB_SCHEMA", "Tally"],
    ["DB_SCHEMA", "pg_tally"],
    ["DB_SCHEMA", 'tally"; drop schema public'],
    ["DB_POOL_MAX", "1"],
    ["CHANNEL_POLICY", "all"],
    ["MAX_ACTIVE_RELAYS", "0"],
    ["CATCH_UP_AFTER_SECONDS", "5"],
    ["CATCH_UP_AFTER_SECONDS", "-1"],
    ["AGORA_CALLS_PER_SECOND", "0"],
    ["RECOVERY_SECONDS", "30,soon"],
    ["TRUST_PROXY", "true"],
    ["TRUST_PROXY", "-1"],
    ["AGORA_NCS_ALLOW_LIST", "yes"],
    ["MAX_SESSION_HOURS", "0"],
    ["MAX_SESSION_HOURS", "721"],
    ["MAX_RESTARTS", "2.5"],
    ["BOT_CLIENT_TYPES", "web"],
  ])("refuses %s=%s", (name, value) => {
    expect(namesIn(problemsOf({ [name]: value }))).toEqual([name]);
  });

  test.each(["my_shop", "shop//live", "/shop"])("refuses AGORA_STORAGE_PREFIX=%s", (value) => {
    const env = { ...agora, ...cloudflare, AGORA_STORAGE_PREFIX: value };
    expect(namesIn(problemsOf(env))).toEqual(["AGORA_STORAGE_PREFIX"]);
  });

  test("doesn't repeat a bad secret", () => {
    expect(problemsOf({ DATABASE_URL: "host=db password=hunter2" }).join()).not.toContain("hunter2");
  });
});

describe("loadDatabaseConfig", () => {
  test("reads the database alone, so that it can be migrated where nothing else is configured", () => {
    const env = { NODE_ENV: "production", DATABASE_URL: production.DATABASE_URL, PORT: "bad" };
    expect(loadDatabaseConfig(env).database).toMatchObject({ url: production.DATABASE_URL, schema: "tally" });
    expect(() => loadDatabaseConfig({ NODE_ENV: "production" })).toThrow(/DATABASE_URL is missing/);
  });
});

describe("describeConfig", () => {
  test("shows the effective values and no secret", async () => {
    const described = describeConfig(await readConfig({ ...production, STOP_GRACE_SECONDS: "7" }));
    expect(described).toMatchObject({
      production: true,
      database_url: "postgres://tally@db.example.com:5432/shop",
      agora_app_id: agora.AGORA_APP_ID,
      agora_customer_secret: true,
      agora_ncs_secrets: 2,
      policy: { stopGraceMs: 7000 },
      notes: [],
    });
    const text = JSON.stringify(described);
    const secrets = Object.entries(production)
      .filter(([name]) => /SECRET|KEY|TOKEN|CERTIFICATE|CUSTOMER_ID/.test(name))
      .flatMap(([, value]) => value.split(", "));
    expect(secrets).toHaveLength(11);
    for (const secret of [...secrets, "database-password"]) expect(text).not.toContain(secret);
  });

  test("says that a short key can be guessed", async () => {
    const described = describeConfig(await readConfig({ ...production, API_KEY: "fifteen-letters" }));
    expect(described.notes).toEqual([expect.stringMatching(/^API_KEY has fewer than 16 characters/)]);
  });

  test("says that without its secret the video webhook answers nobody", async () => {
    const described = describeConfig(await readConfig({ ...production, CLOUDFLARE_STREAM_WEBHOOK_SECRET: "" }));
    expect(described).toMatchObject({
      cloudflare_stream_webhook_secrets: 0,
      notes: [expect.stringMatching(/^CLOUDFLARE_STREAM_WEBHOOK_SECRET is not set/)],
    });
  });
});

describe("development credentials", () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = join(await mkdtemp(join(tmpdir(), "tally-config-")), "data");
  });
  afterEach(() => rm(join(dataDir, ".."), { recursive: true }));

  test("are made once, for their owner's eyes only, and agreed on by processes that start at once", async () => {
    const all = await Promise.all([1, 2, 3].map(() => developmentCredentials(dataDir)));
    const kept = await developmentCredentials(dataDir);
    expect(all).toEqual([kept, kept, kept]);
    expect((await stat(join(dataDir, "development.json"))).mode & 0o777).toBe(0o600);
    expect(kept.agora.appId).toMatch(/^[0-9a-f]{32}$/);
  });

  test("stand in for the operator key and the providers of a development environment", async () => {
    const config = await readConfig({ TALLY_DATA_DIR: dataDir, PORT: "4000" });
    const kept = await developmentCredentials(dataDir);
    expect(config).toMatchObject({
      sandbox: true,
      apiKey: kept.apiKey,
      agora: { apiUrl: "http://127.0.0.1:4001/agora", appId: kept.agora.appId, ncsSecrets: [kept.agora.ncsSecret] },
      cloudflare: {
        apiUrl: "http://127.0.0.1:4001/cloudflare/client/v4",
        notificationSecrets: [kept.cloudflare.notificationSecret],
        webhookSecrets: [kept.cloudflare.webhookSecret],
      },
    });
    expect(describeConfig(config).notes).toEqual([expect.stringContaining("built-in sandbox")]);
  });

  test("never replace what the environment says", async () => {
    const credentials = await developmentCredentials(dataDir);
    const loaded = loadConfig({ API_KEY: "mine", ...agora, ...cloudflare });
    expect(completeForDevelopment(loaded, credentials)).toEqual(loaded);
  });

  test("that can't be read are an error that says what to do", async () => {
    await developmentCredentials(dataDir);
    const file = join(dataDir, "development.json");
    await writeFile(file, `${await readFile(file, "utf8")}}`);
    await expect(developmentCredentials(dataDir)).rejects.toThrow(/development\.json can't be used: .*delete it/);
  });
});
