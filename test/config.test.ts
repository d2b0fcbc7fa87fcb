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

function without(env: Record<string, string>, names: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
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
      database: { url: null, directUrl: null, schema: "tally", poolMax: 5 },
      trustProxy: 0,
      agora: null,
      agoraAllowList: false,
      cloudflare: null,
      relayMode: "cloud-recording",
      channelPolicy: "auto",
      maxActiveRelays: 50,
      streamReadersMost: 10_000,
      picture: { width: 1280, height: 720, fps: 30, bitrateKbps: 2500 },
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
        apiUrls: [],
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
    const second = { ...production, AGORA_API_URL: "https://api.agora.io, HTTP://127.0.0.1:9000" };
    expect(namesIn(problemsOf(second))).toEqual(["AGORA_API_URL"]);
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

  test("playback links are https, also in development, but for an imitation on this machine", () => {
    const set = (url: string) => ({ CLOUDFLARE_PLAYBACK_URL: url });
    const own = "http://127.0.0.1:4000/delivery/sandbox";
    expect(problemsOf({ ...agora, ...cloudflare, ...set(own) })).toEqual([]);
    for (const env of [
      { ...production, ...set(own) },
      { ...agora, ...cloudflare, ...set("http://192.168.0.7:4000") },
      { ...agora, ...cloudflare, ...set("http://127.0.0.1.evil.example") },
    ]) {
      expect(namesIn(problemsOf(env))).toEqual(["CLOUDFLARE_PLAYBACK_URL"]);
    }
  });

  test("playback links begin as set, or with the customer's host, or as Cloudflare will answer", () => {
    const code = { CLOUDFLARE_STREAM_CUSTOMER_CODE: "abc" };
    const playbackUrl = (env: object) => loadConfig({ ...production, ...env }).cloudflare?.playbackUrl;
    expect(playbackUrl({ ...code, CLOUDFLARE_PLAYBACK_URL: "https://video.example.com/" })).toBe(
      "https://video.example.com",
    );
    expect(playbackUrl(code)).toBe("https://customer-abc.cloudflarestream.com");
    expect(playbackUrl({})).toBeNull();
  });

  test("storage of vendor 11 needs its endpoint", () => {
    const other = { ...agora, ...cloudflare, AGORA_CLOUD_RECORDING_VENDOR: "11" };
    expect(namesIn(problemsOf(other))).toEqual(["AGORA_STORAGE_ENDPOINT"]);
    const { agora: read } = loadConfig({ ...other, AGORA_STORAGE_ENDPOINT: "s3.example.com" });
    expect(read?.storage).toMatchObject({ vendor: 11, endpoint: "s3.example.com" });
  });

  test("a vendor that Agora doesn't know is refused, with those that it knows", () => {
    const [problem] = problemsOf({ ...agora, ...cloudflare, AGORA_CLOUD_RECORDING_VENDOR: "4" });
    expect(problem).toContain("one of: 1 (Amazon S3), 2 (Alibaba Cloud), 3 (Tencent Cloud), 5 (Microsoft Azure)");
    expect(problem).toContain('11 (any other S3), not "4"');
  });

  test.each([
    ["1", "17", "0 (US_EAST_1)"],
    ["2", "28", "7 (CN_Hongkong)"],
    ["8", "0", "1 (Baoding)"],
  ])("vendor %s has no region %s, and its regions are listed", (vendor, region, one) => {
    const env = { ...agora, ...cloudflare, AGORA_CLOUD_RECORDING_VENDOR: vendor, AGORA_STORAGE_REGION: region };
    expect(problemsOf(env)).toEqual([expect.stringMatching(/^AGORA_STORAGE_REGION must be one of vendor/)]);
    expect(problemsOf(env).join()).toContain(one);
  });

  test.each(["5", "6", "11"])("vendor %s needs no region, and takes any", (vendor) => {
    const env = { ...agora, ...cloudflare, AGORA_CLOUD_RECORDING_VENDOR: vendor, AGORA_STORAGE_ENDPOINT: "s3.example" };
    expect(loadConfig({ ...env, AGORA_STORAGE_REGION: "" }).agora?.storage?.region).toBe(0);
    expect(loadConfig({ ...env, AGORA_STORAGE_REGION: "77" }).agora?.storage?.region).toBe(77);
  });

  describe("with RELAY_MODE=media-push", () => {
    const storageNames = Object.keys(agora).filter((name) => /STORAGE|VENDOR/.test(name));
    const mediaPush = { ...without(agora, storageNames), ...cloudflare, RELAY_MODE: "media-push" };

    test("no storage is needed, and then there is none", async () => {
      expect(loadConfig(mediaPush).agora?.storage).toBeNull();
      const described = describeConfig(await readConfig({ ...mediaPush, API_KEY: "sixteen-or-more-letters" }));
      expect(described).toMatchObject({
        agora_cloud_recording_vendor: null,
        notes: [expect.stringMatching(/^no storage is set: a channel that asks for cloud-recording can't start/)],
      });
    });

    test.each(storageNames)("a storage that is only %s is half of one, and the rest is named", (name) => {
      const half = { ...mediaPush, [name]: agora[name as keyof typeof agora] };
      expect(namesIn(problemsOf(half)).sort()).toEqual(storageNames.filter((other) => other !== name).sort());
    });

    test("means the sandbox when nothing of a provider is set", () => {
      expect(loadConfig({ RELAY_MODE: "media-push" })).toMatchObject({ sandbox: true, relayMode: "media-push" });
      expect(
        namesIn(problemsOf({ RELAY_MODE: "media-push", AGORA_STORAGE_STS_ENDPOINT: "http://127.0.0.1:1" })),
      ).toEqual(expect.arrayContaining(["AGORA_APP_ID", "AGORA_STORAGE_STS_ROLE_ARN"]));
    });
  });

  describe("a role for the storage", () => {
    const role = {
      ...agora,
      ...cloudflare,
      AGORA_STORAGE_REGION: "4",
      AGORA_STORAGE_STS_ROLE_ARN: "arn:aws:iam::123456789012:role/tally",
    };

    test("is assumed in the region of the bucket, for four hours", () => {
      expect(loadConfig(role).agora?.storage?.sts).toEqual({
        roleArn: role.AGORA_STORAGE_STS_ROLE_ARN,
        region: "eu-west-1",
        endpoint: null,
        externalId: null,
        lifetimeMs: 14_400_000,
      });
      expect(loadConfig({ ...agora, ...cloudflare }).agora?.storage?.sts).toBeNull();
    });

    test("of another S3 needs its endpoint", () => {
      const other = { ...role, AGORA_CLOUD_RECORDING_VENDOR: "11", AGORA_STORAGE_ENDPOINT: "s3.example.com" };
      expect(namesIn(problemsOf(other))).toEqual(["AGORA_STORAGE_STS_ENDPOINT"]);
      const whole = { ...other, AGORA_STORAGE_STS_ENDPOINT: "http://127.0.0.1:9000", AGORA_STORAGE_STS_SECONDS: "900" };
      expect(loadConfig(whole).agora?.storage?.sts).toMatchObject({
        ...{ region: "us-east-1", endpoint: "http://127.0.0.1:9000", lifetimeMs: 900_000 },
      });
      expect(namesIn(problemsOf({ ...production, ...whole, NODE_ENV: "production" }))).toEqual([
        "AGORA_STORAGE_STS_ENDPOINT",
      ]);
    });

    test("of any other vendor is refused", () => {
      expect(problemsOf({ ...role, AGORA_CLOUD_RECORDING_VENDOR: "2" })).toEqual([
        "AGORA_STORAGE_STS_ROLE_ARN works with vendors 1 and 11 only: remove it for vendor 2",
      ]);
    });

    test.each([
      ["AGORA_STORAGE_STS_ROLE_ARN", "tally-recordings"],
      ["AGORA_STORAGE_STS_SECONDS", "899"],
      ["AGORA_STORAGE_STS_SECONDS", "43201"],
      ["AGORA_STORAGE_STS_EXTERNAL_ID", "a b"],
      ["AGORA_STORAGE_STS_ENDPOINT", "sts.example.com"],
    ])("refuses %s=%s", (name, value) => {
      expect(namesIn(problemsOf({ ...role, [name]: value }))).toEqual([name]);
    });

    test("is needed by the other settings of it", () => {
      const env = { ...agora, ...cloudflare, AGORA_STORAGE_STS_EXTERNAL_ID: "shop-17" };
      expect(namesIn(problemsOf(env))).toEqual(["AGORA_STORAGE_STS_ROLE_ARN"]);
    });

    test("is noted where Agora's documents ask for more, or say nothing", async () => {
      const env = { ...production, ...role, AGORA_CLOUD_RECORDING_REGION: "EU" };
      const short = describeConfig(await readConfig({ ...env, AGORA_STORAGE_STS_SECONDS: "3600" }));
      expect(short).toMatchObject({
        agora_storage_sts_role_arn: role.AGORA_STORAGE_STS_ROLE_ARN,
        agora_storage_sts_seconds: 3600,
        notes: [expect.stringMatching(/^AGORA_STORAGE_STS_SECONDS is below 14400/)],
      });
      const other = {
        ...{ AGORA_CLOUD_RECORDING_VENDOR: "11", AGORA_STORAGE_ENDPOINT: "s3.example.com" },
        AGORA_STORAGE_STS_ENDPOINT: "https://sts.example.com",
      };
      expect(describeConfig(await readConfig({ ...env, ...other })).notes).toEqual([
        expect.stringMatching(/^temporary credentials of vendor 11/),
      ]);
    });
  });

  test("an App ID that Agora can't have given is refused, unless an imitation is called", () => {
    const odd = { ...agora, ...cloudflare, AGORA_APP_ID: "app", AGORA_APP_CERTIFICATE: "certificate" };
    expect(namesIn(problemsOf(odd))).toEqual(["AGORA_APP_ID", "AGORA_APP_CERTIFICATE"]);
    expect(problemsOf({ ...odd, AGORA_API_URL: "http://127.0.0.1:9000" })).toEqual([]);
  });

  test("Agora's API may be at several URLs, tried in their order", () => {
    const { agora: read } = loadConfig({
      ...production,
      AGORA_API_URL: "https://api.agora.io/, https://agora.example.com/api",
    });
    expect(read?.apiUrls).toEqual(["https://api.agora.io", "https://agora.example.com/api"]);
    const half = "https://api.agora.io, api.sd-rtn.com";
    expect(problemsOf({ ...production, AGORA_API_URL: half })).toEqual([
      `AGORA_API_URL must be a comma-separated list of URLs like https://tally.example.com, not "${half}"`,
    ]);
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
    ["VIDEO_WIDTH", "719"],
    ["VIDEO_HEIGHT", "238"],
    ["VIDEO_FPS", "31"],
    ["VIDEO_BITRATE_KBPS", "8001"],
    ["PRICES_AS_OF", "2026-02-30"],
    ["PRICES_AS_OF", "yesterday"],
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

  test("refuses a price that is none, and prices of no date", () => {
    const dated = { PRICES_AS_OF: "2026-07-01" };
    expect(namesIn(problemsOf({ ...dated, PRICE_MEDIA_PUSH_HD: "-1" }))).toEqual(["PRICE_MEDIA_PUSH_HD"]);
    expect(namesIn(problemsOf({ ...dated, PRICE_CLOUDFLARE_STORED: "$5" }))).toEqual(["PRICE_CLOUDFLARE_STORED"]);
    expect(problemsOf({ PRICE_CLOUD_RECORDING_HD: "11" })).toEqual([
      "PRICES_AS_OF is missing: set it to the date of PRICE_CLOUD_RECORDING_HD, like 2026-06-17",
    ]);
  });

  test("has the providers' list prices with their date, and takes others", () => {
    const listed = loadConfig({}).prices;
    expect(listed).toEqual({
      asOf: "2026-06-17",
      cloudRecording: { HD: 14, FHD: 28 },
      mediaPush: { HD: 7.99, FHD: 15.99 },
      stored: 5,
    });
    const env = { PRICES_AS_OF: "2026-07-01", PRICE_MEDIA_PUSH_FHD: "0", PRICE_CLOUD_RECORDING_HD: "11.5" };
    expect(loadConfig(env).prices).toEqual({
      ...listed,
      asOf: "2026-07-01",
      cloudRecording: { HD: 11.5, FHD: 28 },
      mediaPush: { HD: 7.99, FHD: 0 },
    });
  });

  test("refuses a picture with more pixels than Agora records", () => {
    expect(problemsOf({ VIDEO_WIDTH: "1920", VIDEO_HEIGHT: "1920" })).toEqual([
      expect.stringMatching(/^VIDEO_WIDTH times VIDEO_HEIGHT must be at most 1920x1080/),
    ]);
    expect(loadConfig({ VIDEO_WIDTH: "1080", VIDEO_HEIGHT: "1920" }).picture).toMatchObject({ width: 1080 });
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
      agora_api_url: "Agora's, by region",
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

  test.each([
    ["1", "4", "NA", "EU_WEST_1 (EU)"],
    ["1", "15", "AP", "CN_NORTH_1 (CN)"],
    ["2", "7", "CN", "CN_Hongkong (AP)"],
    ["3", "0", "AP", "AP_Beijing_1 (CN)"],
  ])("notes that vendor %s, region %s is not where Agora records (%s)", async (vendor, region, records, name) => {
    const storage = { AGORA_CLOUD_RECORDING_VENDOR: vendor, AGORA_STORAGE_REGION: region };
    const env = { ...production, ...storage, AGORA_CLOUD_RECORDING_REGION: records };
    expect(describeConfig(await readConfig(env)).notes).toEqual([
      expect.stringContaining(`AGORA_STORAGE_REGION is ${name}, AGORA_CLOUD_RECORDING_REGION is ${records}`),
    ]);
  });

  test("says nothing of a region that no part of Agora's world covers", async () => {
    const described = describeConfig(await readConfig({ ...production, AGORA_STORAGE_REGION: "12" }));
    expect(described.notes).toEqual([]);
  });

  test("notes a bitrate below what Cloudflare asks for", async () => {
    const described = describeConfig(await readConfig({ ...production, VIDEO_BITRATE_KBPS: "1999" }));
    expect(described.notes).toEqual([expect.stringMatching(/^VIDEO_BITRATE_KBPS is below 2000/)]);
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
      agora: { apiUrls: ["http://127.0.0.1:4001/agora"], appId: kept.agora.appId, ncsSecrets: [kept.agora.ncsSecret] },
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

describe("JWTs of the app's", () => {
  const jwt = { JWT_JWKS_URL: "https://login.example.com/jwks.json?v=1", JWT_ISSUER: "shop", JWT_AUDIENCE: "tally" };

  test("are taken from nobody by default, and by the claim sub if they are", () => {
    expect(loadConfig({}).jwt).toBeNull();
    expect(loadConfig(jwt).jwt).toEqual({
      jwksUrl: jwt.JWT_JWKS_URL,
      issuer: "shop",
      audience: "tally",
      userClaim: "sub",
      channelsClaim: null,
    });
    const claims = { JWT_USER_CLAIM: "seller", JWT_CHANNELS_CLAIM: "channels" };
    expect(loadConfig({ ...jwt, ...claims }).jwt).toMatchObject({ userClaim: "seller", channelsClaim: "channels" });
  });

  test.each([...Object.keys(jwt), "JWT_USER_CLAIM", "JWT_CHANNELS_CLAIM"])("need all three with %s alone", (name) => {
    const needed = Object.keys(jwt).filter((other) => other !== name);
    expect(namesIn(problemsOf({ [name]: "https://x.example.com/" }))).toEqual(needed);
  });

  test.each([
    "http://login.example.com/jwks.json",
    "http://localhost/jwks.json",
    "http://127.0.0.1.example.com/jwks.json",
    "https://me:secret@login.example.com/jwks.json",
    "file:///jwks.json",
    "login.example.com/jwks.json",
  ])("take no keys from %s", (url) => {
    expect(namesIn(problemsOf({ ...jwt, JWT_JWKS_URL: url }))).toEqual(["JWT_JWKS_URL"]);
  });

  test("take them over http from this machine, but not in production", () => {
    const here = { ...jwt, JWT_JWKS_URL: "http://127.0.0.1:9/jwks.json" };
    expect(problemsOf(here)).toEqual([]);
    expect(problemsOf({ ...production, ...here })).toEqual([
      "JWT_JWKS_URL must begin with https:// in production: its keys decide who is believed",
    ]);
  });
});
