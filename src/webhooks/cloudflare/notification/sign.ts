/**
 * The header by which a notification of Cloudflare is told: the destination's secret as it is, without a signature or
 * a time. Cloudflare docs: notifications/get-started/configure-webhooks.
 */
export function signCloudflareNotification(secret: string) {
  return { "cf-webhook-auth": secret };
}
