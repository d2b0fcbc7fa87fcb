import type { EveningMode } from "./plan.ts";

/** Twice the default, and so is what the sandbox takes (10 at Agora): else evenings consist of waiting for a place. */
export const agoraCallsPerSecond = 16;

/** What both sides of the evening agree on, under the service's own names; and a policy so quick that minutes hold much. */
export const environment: Record<string, string> = {
  NODE_ENV: "test",
  LOG_LEVEL: "warn",
  API_KEY: "chaos",
  AGORA_APP_ID: "c4a05".padEnd(32, "0"),
  AGORA_APP_CERTIFICATE: "c4a05".padEnd(32, "1"),
  AGORA_CUSTOMER_ID: "chaos-customer",
  AGORA_CUSTOMER_SECRET: "chaos-customer-secret",
  AGORA_NCS_SECRET: "chaos-ncs-secret",
  AGORA_CLOUD_RECORDING_REGION: "EU",
  AGORA_CLOUD_RECORDING_VENDOR: "1",
  AGORA_STORAGE_REGION: "5",
  AGORA_STORAGE_BUCKET: "chaos",
  AGORA_STORAGE_ACCESS_KEY: "chaos-access-key",
  AGORA_STORAGE_SECRET_KEY: "chaos-secret-key",
  CLOUDFLARE_STREAM_ACCOUNT_ID: "chaos-account",
  CLOUDFLARE_STREAM_API_TOKEN: "chaos-token",
  CLOUDFLARE_STREAM_CUSTOMER_CODE: "chaos",
  CLOUDFLARE_NOTIFICATION_SECRET: "chaos-notification-secret",
  CLOUDFLARE_STREAM_WEBHOOK_SECRET: "chaos-video-secret",
  AGORA_CALLS_PER_SECOND: String(agoraCallsPerSecond),
  CLOUDFLARE_CALLS_PER_SECOND: "50",
  STOP_GRACE_SECONDS: "0.6",
  START_RETRY_SECONDS: "0.1,0.2",
  RECOVERY_SECONDS: "0.5,1,2,4,8",
  START_CONFIRM_SECONDS: "1.5",
  INGEST_LOST_SECONDS: "0.5",
  CHECKUP_SECONDS: "5",
  WORKER_LOST_SECONDS: "1",
  HEALTHY_SECONDS: "2",
  STOP_DEAD_SECONDS: "60",
};

/** The service's in an evening of this mode. */
export function serviceEnvironment(mode: EveningMode): Record<string, string> {
  return { ...environment, RELAY_MODE: mode === "both" ? "cloud-recording" : mode };
}

export const graceMs = 600;
/** Agora's bots, which are no hosts (`BOT_CLIENT_TYPES` by default). */
export const botClientTypes = [3, 10, 30, 43, 47, 48, 60, 68];

/** The providers' part of the sandbox's settings: twenty times as quick, and NCS's resends as far apart as they are. */
export const pace = 0.05;
export const sandboxSettings = {
  limits: { recordingCallsPerSecond: 20 },
  // A quota that is used up is a scenario of its own.
  converters: { quota: { hd: 100 } },
  delays: { ncsResendGapsMs: [0, 2_000 / pace, 5_000 / pace] },
};
