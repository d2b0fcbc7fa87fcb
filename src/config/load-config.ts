import { resolve } from "node:path";

import type { z } from "zod";

import type { Policy } from "../live/index.ts";
import {
  type AgoraConfig,
  type CloudflareConfig,
  ConfigError,
  type DatabaseConfig,
  type JwtConfig,
  type LoadedConfig,
  type SigningConfig,
  type StorageConfig,
  type StsConfig,
  type TracesConfig,
} from "./config.ts";
import { type Environment, environment } from "./environment.ts";
import { isSandbox, type Settings, unmetDatabaseRequirements, unmetRequirements } from "./requirements.ts";
import { isSecret } from "./secrets.ts";
import { readSigningKey } from "./signing-key.ts";
import { amazonS3, regionsOf } from "./storage-vendors.ts";

/**
 * Reads the configuration. An empty variable counts as missing; spaces around a value don't count.
 *
 * @param env - the environment, usually `process.env`
 * @throws {ConfigError} if anything is missing or bad; its one message lists everything
 */
export function loadConfig(env: NodeJS.ProcessEnv): LoadedConfig {
  const settings = settingsOf(env);
  const values = parse(environment, settings, unmetRequirements(settings));
  const { PORT, SANDBOX_PORT = PORT === 0 ? 0 : (PORT % 65_535) + 1 } = values;
  const sandbox = isSandbox(settings);
  return {
    ...databaseConfig(values),
    port: PORT,
    sandboxPort: SANDBOX_PORT,
    publicUrl: values.PUBLIC_URL ?? `http://127.0.0.1:${PORT}`,
    trustProxy: values.TRUST_PROXY,
    apiKey: values.API_KEY ?? null,
    jwt: values.JWT_JWKS_URL === undefined ? null : jwtConfig(values, values.JWT_JWKS_URL),
    corsOrigins: values.CORS_ORIGINS,
    streamReadersMost: values.STREAM_READERS_MAX,
    sandbox,
    agora: sandbox ? null : agoraConfig(values),
    cloudflare: sandbox ? null : cloudflareConfig(values),
    agoraAllowList: values.AGORA_NCS_ALLOW_LIST === "true",
    stage: { logoUrl: values.STAGE_LOGO_URL ?? null, overlayUrl: values.STAGE_OVERLAY_URL ?? null },
    relayMode: values.RELAY_MODE,
    picture: {
      width: values.VIDEO_WIDTH,
      height: values.VIDEO_HEIGHT,
      fps: values.VIDEO_FPS,
      bitrateKbps: values.VIDEO_BITRATE_KBPS,
    },
    prices: {
      asOf: values.PRICES_AS_OF,
      cloudRecording: { HD: values.PRICE_CLOUD_RECORDING_HD, FHD: values.PRICE_CLOUD_RECORDING_FHD },
      mediaPush: { HD: values.PRICE_MEDIA_PUSH_HD, FHD: values.PRICE_MEDIA_PUSH_FHD },
      stored: values.PRICE_CLOUDFLARE_STORED,
    },
    channelPolicy: values.CHANNEL_POLICY,
    maxActiveRelays: values.MAX_ACTIVE_RELAYS,
    catchUpAfterMs: values.CATCH_UP_AFTER_SECONDS,
    playbackTokenMs: values.PLAYBACK_TOKEN_SECONDS * 1000,
    retentionDays: values.RECORDING_RETENTION_DAYS ?? null,
    eventsDays: values.EVENTS_RETENTION_DAYS ?? null,
    metricsMs: values.METRICS_SECONDS,
    callsPerSecond: { agora: values.AGORA_CALLS_PER_SECOND, cloudflare: values.CLOUDFLARE_CALLS_PER_SECOND },
    notifications: {
      allowPrivate: values.NOTIFICATION_ALLOW_PRIVATE === "true",
      disableAfterMs: values.NOTIFICATION_DISABLE_HOURS * 3_600_000,
    },
    policy: policy(values),
    traces: tracesConfig(values),
  };
}

/**
 * Reads only what concerns the database, so that it can be migrated where nothing else is configured.
 *
 * @throws {ConfigError} as `loadConfig`
 */
export function loadDatabaseConfig(env: NodeJS.ProcessEnv): DatabaseConfig {
  const settings = settingsOf(env);
  return databaseConfig(parse(databaseEnvironment, settings, unmetDatabaseRequirements(settings)));
}

const databaseEnvironment = environment.pick({
  NODE_ENV: true,
  LOG_LEVEL: true,
  TALLY_DATA_DIR: true,
  MIGRATE_ON_START: true,
  DATABASE_URL: true,
  DATABASE_DIRECT_URL: true,
  DB_SCHEMA: true,
  DB_POOL_MAX: true,
});

function settingsOf(env: NodeJS.ProcessEnv): Settings {
  const set = Object.keys(environment.shape).map((name) => [name, env[name]?.trim()] as const);
  return Object.fromEntries(set.filter(([, value]) => value !== undefined && value !== ""));
}

function parse<T extends z.ZodObject>(schema: T, settings: Settings, unmet: string[]): z.infer<T> {
  const result = schema.safeParse(settings);
  const bad = (result.error?.issues ?? []).map(({ path, message }) => {
    const name = String(path[0]);
    // A bad secret is likely a good one with something wrong around it, so it isn't shown.
    return `${name} ${message}${isSecret(name) ? "" : `, not "${String(settings[name as keyof Settings])}"`}`;
  });
  if (!result.success || unmet.length > 0) throw new ConfigError([...unmet, ...bad]);
  return result.data;
}

function databaseConfig(values: z.infer<typeof databaseEnvironment>): DatabaseConfig {
  const production = values.NODE_ENV === "production";
  return {
    production,
    logLevel: values.LOG_LEVEL,
    dataDir: resolve(values.TALLY_DATA_DIR),
    migrateOnStart: values.MIGRATE_ON_START === undefined ? !production : values.MIGRATE_ON_START === "true",
    database: {
      url: values.DATABASE_URL ?? null,
      directUrl: values.DATABASE_DIRECT_URL ?? null,
      schema: values.DB_SCHEMA,
      poolMax: values.DB_POOL_MAX,
    },
  };
}

function jwtConfig(values: Environment, jwksUrl: string): JwtConfig {
  return {
    jwksUrl,
    issuer: required(values.JWT_ISSUER),
    audience: required(values.JWT_AUDIENCE),
    userClaim: values.JWT_USER_CLAIM,
    channelsClaim: values.JWT_CHANNELS_CLAIM ?? null,
  };
}

function agoraConfig(values: Environment): AgoraConfig {
  return {
    apiUrls: values.AGORA_API_URL,
    appId: required(values.AGORA_APP_ID),
    appCertificate: required(values.AGORA_APP_CERTIFICATE),
    customerId: required(values.AGORA_CUSTOMER_ID),
    customerSecret: required(values.AGORA_CUSTOMER_SECRET),
    ncsSecrets: values.AGORA_NCS_SECRET,
    region: values.AGORA_CLOUD_RECORDING_REGION,
    storage: values.AGORA_CLOUD_RECORDING_VENDOR === undefined ? null : storageConfig(values),
  };
}

function storageConfig(values: Environment): StorageConfig {
  const vendor = required(values.AGORA_CLOUD_RECORDING_VENDOR);
  const region = values.AGORA_STORAGE_REGION ?? 0;
  return {
    vendor,
    region,
    bucket: required(values.AGORA_STORAGE_BUCKET),
    accessKey: required(values.AGORA_STORAGE_ACCESS_KEY),
    secretKey: required(values.AGORA_STORAGE_SECRET_KEY),
    endpoint: values.AGORA_STORAGE_ENDPOINT ?? null,
    prefix: values.AGORA_STORAGE_PREFIX ?? null,
    sts: stsConfig(values, vendor, region),
  };
}

function stsConfig(values: Environment, vendor: number, region: number): StsConfig | null {
  const { AGORA_STORAGE_STS_ROLE_ARN: roleArn } = values;
  if (roleArn === undefined) return null;
  // Agora writes us-east-1 as US_EAST_1. Another S3's STS is found by its endpoint; there the region only signs.
  const name = vendor === amazonS3 ? required(regionsOf(vendor)[region]) : "US_EAST_1";
  return {
    roleArn,
    region: name.toLowerCase().replaceAll("_", "-"),
    endpoint: values.AGORA_STORAGE_STS_ENDPOINT ?? null,
    externalId: values.AGORA_STORAGE_STS_EXTERNAL_ID ?? null,
    lifetimeMs: values.AGORA_STORAGE_STS_SECONDS * 1000,
  };
}

function cloudflareConfig(values: Environment): CloudflareConfig {
  return {
    apiUrl: values.CLOUDFLARE_API_URL,
    accountId: required(values.CLOUDFLARE_STREAM_ACCOUNT_ID),
    apiToken: required(values.CLOUDFLARE_STREAM_API_TOKEN),
    customerCode: values.CLOUDFLARE_STREAM_CUSTOMER_CODE ?? null,
    playbackUrl: values.CLOUDFLARE_PLAYBACK_URL ?? playbackUrlOf(values.CLOUDFLARE_STREAM_CUSTOMER_CODE),
    notificationSecrets: values.CLOUDFLARE_NOTIFICATION_SECRET,
    webhookSecrets: values.CLOUDFLARE_STREAM_WEBHOOK_SECRET,
    requireSignedUrls: values.CLOUDFLARE_STREAM_REQUIRE_SIGNED_URLS === "true",
    signing: signingConfig(values),
  };
}

function signingConfig(values: Environment): SigningConfig | null {
  const { CLOUDFLARE_STREAM_SIGNING_KEY_ID: keyId, CLOUDFLARE_STREAM_SIGNING_KEY: text } = values;
  return keyId === undefined || text === undefined ? null : { keyId, text, key: required(readSigningKey(text)) };
}

/** Cloudflare docs, viewing-videos/using-own-player: one host for each account. */
function playbackUrlOf(customerCode: string | undefined): string | null {
  return customerCode === undefined ? null : `https://customer-${customerCode}.cloudflarestream.com`;
}

function policy(values: Environment): Policy {
  return {
    stopGraceMs: values.STOP_GRACE_SECONDS,
    startRetryMs: values.START_RETRY_SECONDS,
    recoveryMs: values.RECOVERY_SECONDS,
    startConfirmMs: values.START_CONFIRM_SECONDS,
    ingestLostMs: values.INGEST_LOST_SECONDS,
    degradedAfterMs: values.DEGRADED_AFTER_SECONDS,
    checkupMs: values.CHECKUP_SECONDS,
    playableCheckMs: values.PLAYABLE_CHECK_SECONDS,
    playbackHoldMs: values.PLAYBACK_HOLD_SECONDS,
    staleMs: values.STALE_SECONDS,
    workerLostMs: values.WORKER_LOST_SECONDS,
    stopDeadMs: values.STOP_DEAD_SECONDS,
    maxRestarts: values.MAX_RESTARTS,
    healthyMs: values.HEALTHY_SECONDS,
    maxSessionMs: values.MAX_SESSION_HOURS,
    manualStartMs: values.MANUAL_START_SECONDS,
    videoCheckMs: values.VIDEO_CHECK_SECONDS,
    botClientTypes: values.BOT_CLIENT_TYPES,
  };
}

function tracesConfig(values: Environment): TracesConfig | null {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = values;
  if (endpoint === undefined) return null;
  return {
    endpoint,
    protocol: values.OTEL_EXPORTER_OTLP_PROTOCOL,
    headers: values.OTEL_EXPORTER_OTLP_HEADERS,
    serviceName: values.OTEL_SERVICE_NAME,
    resource: values.OTEL_RESOURCE_ATTRIBUTES,
    sampler: values.OTEL_TRACES_SAMPLER,
    ratio: values.OTEL_TRACES_SAMPLER_ARG,
  };
}

/** `unmetRequirements` has made sure of it. */
function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("A required setting was not required");
  return value;
}
