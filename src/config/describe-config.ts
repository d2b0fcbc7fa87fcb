import type { AgoraConfig, Config } from "./config.ts";
import { amazonS3, partOfWorld, regionsOf } from "./storage-vendors.ts";

/**
 * The effective configuration for the one line at start: named after the environment's variables, secrets as booleans
 * or counts, the database's URL without its password.
 */
export function describeConfig(config: Config): Record<string, unknown> {
  const { database, agora, cloudflare, policy } = config;
  return {
    production: config.production,
    sandbox: config.sandbox,
    port: config.port,
    public_url: config.publicUrl,
    trust_proxy: config.trustProxy,
    api_key: true,
    jwt_jwks_url: config.jwt?.jwksUrl ?? null,
    jwt_issuer: config.jwt?.issuer ?? null,
    jwt_audience: config.jwt?.audience ?? null,
    jwt_user_claim: config.jwt?.userClaim ?? null,
    jwt_channels_claim: config.jwt?.channelsClaim ?? null,
    cors_origins: config.corsOrigins,
    stream_readers_max: config.streamReadersMost,
    log_level: config.logLevel,
    data_dir: config.dataDir,
    migrate_on_start: config.migrateOnStart,
    database_url: database.url === null ? "embedded" : databaseUrlForPeople(database.url),
    database_direct_url: database.directUrl === null ? null : databaseUrlForPeople(database.directUrl),
    db_schema: database.schema,
    db_pool_max: database.poolMax,
    agora_api_url: agora.apiUrls.length === 0 ? "Agora's, by region" : agora.apiUrls,
    agora_app_id: agora.appId,
    agora_app_certificate: true,
    agora_customer_id: true,
    agora_customer_secret: true,
    agora_ncs_secrets: agora.ncsSecrets.length,
    agora_ncs_allow_list: config.agoraAllowList,
    agora_cloud_recording_region: agora.region,
    ...describeStorage(agora.storage),
    cloudflare_api_url: cloudflare.apiUrl,
    cloudflare_stream_account_id: cloudflare.accountId,
    cloudflare_stream_api_token: true,
    cloudflare_stream_customer_code: cloudflare.customerCode,
    cloudflare_playback_url: cloudflare.playbackUrl ?? "from Cloudflare's answer",
    cloudflare_notification_secrets: cloudflare.notificationSecrets.length,
    cloudflare_stream_webhook_secrets: cloudflare.webhookSecrets.length,
    cloudflare_stream_require_signed_urls: cloudflare.requireSignedUrls,
    cloudflare_stream_signing_key_id: cloudflare.signing?.keyId ?? null,
    cloudflare_stream_signing_key: cloudflare.signing !== null,
    playback_token_seconds: config.playbackTokenMs / 1000,
    recording_retention_days: config.retentionDays,
    events_retention_days: config.eventsDays,
    stage_logo_url: config.stage.logoUrl,
    stage_overlay_url: config.stage.overlayUrl,
    relay_mode: config.relayMode,
    video: config.picture,
    prices: config.prices,
    channel_policy: config.channelPolicy,
    max_active_relays: config.maxActiveRelays,
    catch_up_after_ms: config.catchUpAfterMs,
    metrics_ms: config.metricsMs,
    calls_per_second: config.callsPerSecond,
    notifications: config.notifications,
    policy,
    traces: describeTraces(config),
    notes: notes(config),
  };
}

function describeTraces({ traces }: Config): Record<string, unknown> | null {
  return traces === null ? null : { ...traces, headers: Object.keys(traces.headers) };
}

function describeStorage(storage: AgoraConfig["storage"]): Record<string, unknown> {
  if (storage === null) return { agora_cloud_recording_vendor: null };
  const { vendor, region, bucket, endpoint, prefix, sts } = storage;
  return {
    agora_cloud_recording_vendor: vendor,
    agora_storage_region: region,
    agora_storage_bucket: bucket,
    agora_storage_access_key: true,
    agora_storage_secret_key: true,
    agora_storage_endpoint: endpoint,
    agora_storage_prefix: prefix,
    agora_storage_sts_role_arn: sts?.roleArn ?? null,
    agora_storage_sts_endpoint: sts?.endpoint ?? null,
    agora_storage_sts_external_id: sts?.externalId != null,
    agora_storage_sts_seconds: sts === null ? null : sts.lifetimeMs / 1000,
  };
}

/** Nothing else keeps a key from being guessed: the limit on wrong ones lets the right one through. */
const shortestKey = 16;

/** Cloudflare docs: start-stream-live, 2 to 14 Mbps. */
const lowestBitrateKbps = 2000;

/** Agora docs: `stsExpiration`. */
const shortestStsMs = 4 * 3_600_000;

function notes({ production, apiKey, sandbox, agora, cloudflare, picture }: Config): string[] {
  const all: string[] = [];
  if (production && apiKey.length < shortestKey) {
    all.push(`API_KEY has fewer than ${shortestKey} characters, which can be guessed: take a long random one`);
  }
  if (picture.bitrateKbps < lowestBitrateKbps) {
    all.push(`VIDEO_BITRATE_KBPS is below ${lowestBitrateKbps}, the least that Cloudflare's documents ask for`);
  }
  all.push(...notesOnStorage(agora));
  if (sandbox) all.push("no provider is configured: the built-in sandbox takes their place");
  if (cloudflare.webhookSecrets.length === 0) {
    all.push(
      "CLOUDFLARE_STREAM_WEBHOOK_SECRET is not set: /webhooks/cloudflare/video answers 401 to everybody, " +
        "so a session's video is known only once Cloudflare is asked for it",
    );
  }
  return all;
}

function notesOnStorage({ region: records, storage }: AgoraConfig): string[] {
  if (storage === null) {
    return ["no storage is set: a channel that asks for cloud-recording can't start, only media-push can"];
  }
  const all: string[] = [];
  const { vendor, region, sts } = storage;
  const stores = partOfWorld(vendor, region);
  if (stores !== null && stores !== records) {
    const name = regionsOf(vendor)[region];
    all.push(
      `AGORA_STORAGE_REGION is ${name} (${stores}), AGORA_CLOUD_RECORDING_REGION is ${records}: ` +
        "Agora asks for a storage in the part of the world that it records in",
    );
  }
  if (sts !== null && sts.lifetimeMs < shortestStsMs) {
    all.push("AGORA_STORAGE_STS_SECONDS is below 14400, the least that Agora's documents ask for");
  }
  if (sts !== null && vendor !== amazonS3) {
    all.push(`temporary credentials of vendor ${vendor} are in no document of Agora's: try one recording first`);
  }
  return all;
}

/** A database's URL for messages: without its password, which can also be a parameter of the query. */
export function databaseUrlForPeople(url: string): string {
  const { protocol, username, host, pathname } = new URL(url);
  return `${protocol}//${username === "" ? "" : `${username}@`}${host}${pathname}`;
}
