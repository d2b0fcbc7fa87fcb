import type { Config } from "./config.ts";

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
    cors_origins: config.corsOrigins,
    log_level: config.logLevel,
    data_dir: config.dataDir,
    migrate_on_start: config.migrateOnStart,
    database_url: database.url === null ? "embedded" : databaseUrlForPeople(database.url),
    database_direct_url: database.directUrl === null ? null : databaseUrlForPeople(database.directUrl),
    db_schema: database.schema,
    db_pool_max: database.poolMax,
    agora_api_url: agora.apiUrl,
    agora_app_id: agora.appId,
    agora_app_certificate: true,
    agora_customer_id: true,
    agora_customer_secret: true,
    agora_ncs_secrets: agora.ncsSecrets.length,
    agora_ncs_allow_list: config.agoraAllowList,
    agora_cloud_recording_region: agora.region,
    agora_cloud_recording_vendor: agora.storage.vendor,
    agora_storage_region: agora.storage.region,
    agora_storage_bucket: agora.storage.bucket,
    agora_storage_access_key: true,
    agora_storage_secret_key: true,
    agora_storage_endpoint: agora.storage.endpoint,
    agora_storage_prefix: agora.storage.prefix,
    cloudflare_api_url: cloudflare.apiUrl,
    cloudflare_stream_account_id: cloudflare.accountId,
    cloudflare_stream_api_token: true,
    cloudflare_stream_customer_code: cloudflare.customerCode,
    cloudflare_notification_secrets: cloudflare.notificationSecrets.length,
    cloudflare_stream_webhook_secrets: cloudflare.webhookSecrets.length,
    stage_logo_url: config.stage.logoUrl,
    stage_overlay_url: config.stage.overlayUrl,
    relay_mode: config.relayMode,
    channel_policy: config.channelPolicy,
    max_active_relays: config.maxActiveRelays,
    catch_up_after_ms: config.catchUpAfterMs,
    calls_per_second: config.callsPerSecond,
    policy,
    notes: notes(config),
  };
}

/** Nothing else keeps a key from being guessed: the limit on wrong ones lets the right one through. */
const shortestKey = 16;

function notes({ production, apiKey, sandbox, cloudflare }: Config): string[] {
  const all: string[] = [];
  if (production && apiKey.length < shortestKey) {
    all.push(`API_KEY has fewer than ${shortestKey} characters, which can be guessed: take a long random one`);
  }
  if (sandbox) all.push("no provider is configured: the built-in sandbox takes their place");
  if (cloudflare.webhookSecrets.length === 0) {
    all.push(
      "CLOUDFLARE_STREAM_WEBHOOK_SECRET is not set: /webhooks/cloudflare/video answers 401 to everybody, " +
        "so sessions get no replay",
    );
  }
  return all;
}

/** A database's URL for messages: without its password, which can also be a parameter of the query. */
export function databaseUrlForPeople(url: string): string {
  const { protocol, username, host, pathname } = new URL(url);
  return `${protocol}//${username === "" ? "" : `${username}@`}${host}${pathname}`;
}
