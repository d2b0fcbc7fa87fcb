import { z } from "zod";

import { defaultPolicy } from "../live/index.ts";
import {
  evenInteger,
  externalId,
  imageUrl,
  integer,
  isoDate,
  jwksUrl,
  keyValues,
  list,
  oneOf,
  origin,
  postgresUrl,
  price,
  rate,
  ratio,
  recordingHours,
  roleArn,
  schemaName,
  seconds,
  secondsList,
  secondsOrNever,
  secrets,
  signingKey,
  storagePrefix,
  storageVendor,
  webUrl,
  webUrls,
  wholeNumber,
} from "./variable-types.ts";

/**
 * The environment, variable by variable: what it may be, and what it means when it is not set. Which of them must be
 * set, and when, is in `requirements.ts`. No secret has a default.
 */
export const environment = z.object({
  NODE_ENV: z.string().default("development"),
  LOG_LEVEL: oneOf("trace", "debug", "info", "warn", "error", "fatal", "silent").default("info"),
  /** 0 takes any free port. */
  PORT: integer(0, 65_535).default(3000),
  /** Of the built-in sandbox; by default the one after `PORT`. */
  SANDBOX_PORT: integer(0, 65_535).optional(),
  PUBLIC_URL: webUrl().optional(),
  TRUST_PROXY: integer(0, 10).default(0),
  API_KEY: z.string().optional(),
  JWT_JWKS_URL: jwksUrl().optional(),
  JWT_ISSUER: z.string().optional(),
  JWT_AUDIENCE: z.string().optional(),
  JWT_USER_CLAIM: z.string().default("sub"),
  JWT_CHANNELS_CLAIM: z.string().optional(),
  CORS_ORIGINS: list("origins like https://shop.example.com, or *", origin).default([]),
  STREAM_READERS_MAX: integer(0, 100_000).default(10_000),
  TALLY_DATA_DIR: z.string().default("./.data"),

  DATABASE_URL: postgresUrl().optional(),
  DATABASE_DIRECT_URL: postgresUrl().optional(),
  DB_SCHEMA: schemaName().default("tally"),
  DB_POOL_MAX: integer(2, 1000).default(5),
  MIGRATE_ON_START: oneOf("true", "false").optional(),

  AGORA_APP_ID: z.string().optional(),
  AGORA_APP_CERTIFICATE: z.string().optional(),
  AGORA_CUSTOMER_ID: z.string().optional(),
  AGORA_CUSTOMER_SECRET: z.string().optional(),
  AGORA_NCS_SECRET: secrets().default([]),
  AGORA_NCS_ALLOW_LIST: oneOf("true", "false").default("false"),
  /** Not set: Agora's own hosts, by region. */
  AGORA_API_URL: webUrls().default([]),
  AGORA_CLOUD_RECORDING_REGION: oneOf("NA", "EU", "AP", "CN").default("NA"),
  AGORA_CLOUD_RECORDING_VENDOR: storageVendor().optional(),
  AGORA_STORAGE_REGION: integer(0, 999).optional(),
  AGORA_STORAGE_BUCKET: z.string().optional(),
  AGORA_STORAGE_ACCESS_KEY: z.string().optional(),
  AGORA_STORAGE_SECRET_KEY: z.string().optional(),
  AGORA_STORAGE_ENDPOINT: z.string().optional(),
  AGORA_STORAGE_PREFIX: storagePrefix().optional(),
  AGORA_STORAGE_STS_ROLE_ARN: roleArn().optional(),
  AGORA_STORAGE_STS_ENDPOINT: webUrl().optional(),
  AGORA_STORAGE_STS_EXTERNAL_ID: externalId().optional(),
  /** What AWS takes, if the role's own maximum allows it. */
  AGORA_STORAGE_STS_SECONDS: integer(900, 43_200).default(14_400),

  CLOUDFLARE_STREAM_ACCOUNT_ID: z.string().optional(),
  CLOUDFLARE_STREAM_API_TOKEN: z.string().optional(),
  CLOUDFLARE_STREAM_CUSTOMER_CODE: z.string().optional(),
  /** Not set: by the customer code, or by Cloudflare's answer. */
  CLOUDFLARE_PLAYBACK_URL: webUrl().optional(),
  CLOUDFLARE_API_URL: webUrl().default("https://api.cloudflare.com/client/v4"),
  CLOUDFLARE_NOTIFICATION_SECRET: secrets().default([]),
  CLOUDFLARE_STREAM_WEBHOOK_SECRET: secrets().default([]),
  CLOUDFLARE_STREAM_REQUIRE_SIGNED_URLS: oneOf("true", "false").default("false"),
  CLOUDFLARE_STREAM_SIGNING_KEY_ID: z.string().optional(),
  CLOUDFLARE_STREAM_SIGNING_KEY: signingKey().optional(),
  /** Cloudflare takes a day at most. */
  PLAYBACK_TOKEN_SECONDS: integer(600, 86_400).default(21_600),
  /** From 30 on it is Cloudflare that deletes, and 1096 is its most. */
  RECORDING_RETENTION_DAYS: integer(1, 1096).optional(),

  /** A week at least: what a provider sends again, and whoever looks after an incident, comes within it. */
  EVENTS_RETENTION_DAYS: integer(7, 36_500).optional(),

  STAGE_LOGO_URL: imageUrl().optional(),
  STAGE_OVERLAY_URL: imageUrl().optional(),

  RELAY_MODE: oneOf("cloud-recording", "media-push").default("cloud-recording"),
  /** What Agora takes in web-page mode; Media Push takes more. Even, or H.264 can't carry them. */
  VIDEO_WIDTH: evenInteger(240, 1920).default(1280),
  VIDEO_HEIGHT: evenInteger(240, 1920).default(720),
  VIDEO_FPS: integer(5, 30).default(30),
  VIDEO_BITRATE_KBPS: integer(50, 8000).default(2500),
  PRICES_AS_OF: isoDate().default("2026-06-17"),
  PRICE_CLOUD_RECORDING_HD: price().default(14),
  PRICE_CLOUD_RECORDING_FHD: price().default(28),
  PRICE_MEDIA_PUSH_HD: price().default(7.99),
  PRICE_MEDIA_PUSH_FHD: price().default(15.99),
  PRICE_CLOUDFLARE_STORED: price().default(5),
  CHANNEL_POLICY: oneOf("auto", "registered").default("auto"),
  MAX_ACTIVE_RELAYS: integer(1, 100_000).default(50),
  CATCH_UP_AFTER_SECONDS: secondsOrNever(10).default(60_000),
  METRICS_SECONDS: secondsOrNever(5).default(60_000),
  AGORA_CALLS_PER_SECOND: rate().default(8),
  CLOUDFLARE_CALLS_PER_SECOND: rate().default(3),
  NOTIFICATION_ALLOW_PRIVATE: oneOf("true", "false").default("false"),
  NOTIFICATION_DISABLE_HOURS: integer(0, 10_000).default(72),

  STOP_GRACE_SECONDS: seconds().default(defaultPolicy.stopGraceMs),
  START_RETRY_SECONDS: secondsList().default([...defaultPolicy.startRetryMs]),
  RECOVERY_SECONDS: secondsList().default([...defaultPolicy.recoveryMs]),
  START_CONFIRM_SECONDS: seconds().default(defaultPolicy.startConfirmMs),
  INGEST_LOST_SECONDS: seconds().default(defaultPolicy.ingestLostMs),
  DEGRADED_AFTER_SECONDS: seconds().default(defaultPolicy.degradedAfterMs),
  CHECKUP_SECONDS: seconds().default(defaultPolicy.checkupMs),
  PLAYABLE_CHECK_SECONDS: secondsList().default([...defaultPolicy.playableCheckMs]),
  PLAYBACK_HOLD_SECONDS: seconds().default(defaultPolicy.playbackHoldMs),
  STALE_SECONDS: seconds().default(defaultPolicy.staleMs),
  WORKER_LOST_SECONDS: seconds().default(defaultPolicy.workerLostMs),
  STOP_DEAD_SECONDS: seconds().default(defaultPolicy.stopDeadMs),
  MAX_RESTARTS: integer(0, 1000).default(defaultPolicy.maxRestarts),
  HEALTHY_SECONDS: seconds().default(defaultPolicy.healthyMs),
  MAX_SESSION_HOURS: recordingHours().default(defaultPolicy.maxSessionMs),
  MANUAL_START_SECONDS: seconds().default(defaultPolicy.manualStartMs),
  VIDEO_CHECK_SECONDS: secondsList().default([...defaultPolicy.videoCheckMs]),
  BOT_CLIENT_TYPES: list("numbers (Agora's clientType)", wholeNumber).default([...defaultPolicy.botClientTypes]),

  /** Not set: nothing is traced. */
  OTEL_EXPORTER_OTLP_ENDPOINT: webUrl().optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: oneOf("http/protobuf", "http/json").default("http/protobuf"),
  OTEL_EXPORTER_OTLP_HEADERS: keyValues().default({}),
  OTEL_SERVICE_NAME: z.string().default("tally"),
  OTEL_RESOURCE_ATTRIBUTES: keyValues().default({}),
  OTEL_TRACES_SAMPLER: oneOf(
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
  ).default("parentbased_always_on"),
  OTEL_TRACES_SAMPLER_ARG: ratio().default(1),
});

export type Environment = z.infer<typeof environment>;
export type Variable = keyof Environment;
