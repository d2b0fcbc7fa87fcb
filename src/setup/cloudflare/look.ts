import type {
  CloudflareNotifications,
  CloudflareRefusal,
  Destination,
  NotificationPolicy,
  StreamWebhook,
  StreamWebhooks,
} from "../../providers/index.ts";

/** What Cloudflare has now. */
export interface CloudflareFound {
  destinations: Destination[];
  policies: NotificationPolicy[];
  /** The values by which a live input's policy can be limited; null: Cloudflare doesn't say. */
  eventTypes: string[] | null;
  webhook: StreamWebhook | null;
}

export interface SetupClients {
  notifications: CloudflareNotifications;
  streamWebhooks: StreamWebhooks;
}

export type Looked =
  { ok: true; found: CloudflareFound } | { ok: false; refusal: CloudflareRefusal; of: "notifications" | "stream" };

/** Reads all of it, or tells the first refusal. */
export async function lookAtCloudflare({ notifications, streamWebhooks }: SetupClients): Promise<Looked> {
  const [destinations, policies, alerts, webhook] = await Promise.all([
    notifications.destinations(),
    notifications.policies(),
    notifications.eventTypes(),
    streamWebhooks.get(),
  ]);
  if (!destinations.ok) return { ok: false, refusal: destinations, of: "notifications" };
  if (!policies.ok) return { ok: false, refusal: policies, of: "notifications" };
  if (!webhook.ok) return { ok: false, refusal: webhook, of: "stream" };
  return {
    ok: true,
    found: {
      destinations: destinations.result,
      policies: policies.result,
      // It only refines what is asked for: without it no limit is set.
      eventTypes: alerts.ok ? alerts.result : null,
      webhook: webhook.webhook,
    },
  };
}
