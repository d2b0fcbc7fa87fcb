import { deliveryBase, type Settings } from "./settings.ts";

/**
 * The environment with which Tally speaks to this sandbox and believes its webhooks. The storage is invented: nothing
 * is stored.
 *
 * @param url - the sandbox's
 * @param appCertificate - signs the tokens that Tally hands out; the sandbox checks none
 */
export function tallyEnvironment(url: string, settings: Settings, appCertificate: string): Record<string, string> {
  const { agora, cloudflare, secrets } = settings;
  return {
    AGORA_API_URL: `${url}/agora`,
    AGORA_APP_ID: agora.appId,
    AGORA_APP_CERTIFICATE: appCertificate,
    AGORA_CUSTOMER_ID: agora.customerId,
    AGORA_CUSTOMER_SECRET: agora.customerSecret,
    AGORA_NCS_SECRET: [...new Set([secrets.ncsRtc, secrets.ncsRecording, secrets.ncsPush])].join(","),
    AGORA_CLOUD_RECORDING_REGION: "EU",
    AGORA_CLOUD_RECORDING_VENDOR: "1",
    AGORA_STORAGE_REGION: "5",
    AGORA_STORAGE_BUCKET: "sandbox",
    AGORA_STORAGE_ACCESS_KEY: "sandbox-access-key",
    AGORA_STORAGE_SECRET_KEY: "sandbox-secret-key",
    CLOUDFLARE_API_URL: `${url}/cloudflare/client/v4`,
    CLOUDFLARE_STREAM_ACCOUNT_ID: cloudflare.accountId,
    CLOUDFLARE_STREAM_API_TOKEN: cloudflare.apiToken,
    CLOUDFLARE_STREAM_CUSTOMER_CODE: cloudflare.customerCode,
    CLOUDFLARE_PLAYBACK_URL: deliveryBase(settings),
    CLOUDFLARE_NOTIFICATION_SECRET: secrets.cloudflareNotification,
    CLOUDFLARE_STREAM_WEBHOOK_SECRET: secrets.cloudflareVideo,
  };
}
