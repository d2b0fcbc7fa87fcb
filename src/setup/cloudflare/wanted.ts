/** What Cloudflare is to know of this deployment. */
export interface CloudflareWanted {
  /** Where live notifications go, and with which secret; null: none is set. */
  liveUrl: string;
  notificationSecret: string | null;
  /** Where Stream tells of videos, and with which secrets it may sign. */
  videoUrl: string;
  webhookSecrets: readonly string[];
}

export function cloudflareWanted(config: {
  publicUrl: string;
  cloudflare: { notificationSecrets: readonly string[]; webhookSecrets: readonly string[] };
}): CloudflareWanted {
  const { publicUrl, cloudflare } = config;
  return {
    liveUrl: `${publicUrl}/webhooks/cloudflare/live`,
    notificationSecret: cloudflare.notificationSecrets[0] ?? null,
    videoUrl: `${publicUrl}/webhooks/cloudflare/video`,
    webhookSecrets: cloudflare.webhookSecrets,
  };
}

/** The live input's events, all of which are needed (Cloudflare docs: stream/stream-live/webhooks). */
export const liveInputEvents = ["live_input.connected", "live_input.disconnected", "live_input.errored"] as const;
