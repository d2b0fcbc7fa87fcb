import { z } from "zod";

import type { CallOptions } from "../provider-call.ts";
import { pathSegment } from "../provider-http.ts";
import type { CloudflareAnswer, CloudflareTransport } from "./transport.ts";

/** Where notifications are sent. Its secret is never told. */
export interface Destination {
  id: string;
  name: string;
  url: string;
  /** As Cloudflare has them, ISO 8601; null: never. */
  lastSuccess: string | null;
  lastFailure: string | null;
}

/** What is notified, and where. */
export interface NotificationPolicy {
  id: string;
  name: string;
  alertType: string;
  enabled: boolean;
  /** Ids of webhook destinations. */
  webhooks: string[];
  /** The kinds of event that it is limited to; null: no limit is set. */
  eventTypes: string[] | null;
  /** The live inputs that it is limited to; null: all. */
  inputIds: string[] | null;
  /** As Cloudflare answered it: an update must not lose what we don't know. */
  raw: Readonly<Record<string, unknown>>;
}

/** A policy as it is to be. */
export type PolicyBody = Readonly<Record<string, unknown>>;

/** Cloudflare's name of the notification "Stream Live Input". */
export const liveInputAlert = "stream_live_notifications";

export interface CloudflareNotifications {
  destinations(options?: CallOptions): Promise<CloudflareAnswer<Destination[]>>;
  /** Cloudflare sends a test message to it at once, and refuses the destination if that isn't answered 2xx. */
  createDestination(
    destination: { name: string; url: string; secret: string },
    options?: CallOptions,
  ): Promise<CloudflareAnswer<{ id: string }>>;
  policies(options?: CallOptions): Promise<CloudflareAnswer<NotificationPolicy[]>>;
  createPolicy(policy: PolicyBody, options?: CallOptions): Promise<CloudflareAnswer<{ id: string }>>;
  updatePolicy(id: string, policy: PolicyBody, options?: CallOptions): Promise<CloudflareAnswer<{ id: string }>>;
  /** The values that a live input's policy may be limited to, by Cloudflare's own list; null if it doesn't say. */
  eventTypes(options?: CallOptions): Promise<CloudflareAnswer<string[] | null>>;
}

/**
 * Cloudflare's Notifications (API reference: alerting/v3). Needs the permission Notifications: Edit, to read alone
 * Notifications: Read. Nothing that Cloudflare or the network do throws; see `CloudflareTransport.call` for what does.
 */
export function createCloudflareNotifications(transport: CloudflareTransport): CloudflareNotifications {
  const area = "account";
  const destinations = ["alerting", "v3", "destinations", "webhooks"];
  const policies = ["alerting", "v3", "policies"];
  return {
    destinations: (options) =>
      transport.call(
        { operation: "list_destinations", method: "GET", area, path: destinations, expects: destinationsSchema },
        options,
      ),
    createDestination: (body, options) =>
      transport.call(
        {
          ...{ operation: "create_destination", method: "POST", area, path: destinations, body },
          ...{ expects: createdSchema, secrets: [body.secret] },
        },
        options,
      ),
    policies: (options) =>
      transport.call(
        { operation: "list_policies", method: "GET", area, path: policies, expects: policiesSchema },
        options,
      ),
    createPolicy: (body, options) =>
      transport.call(
        { operation: "create_policy", method: "POST", area, path: policies, body, expects: createdSchema },
        options,
      ),
    updatePolicy: (id, body, options) =>
      transport.call(
        { operation: "update_policy", method: "PUT", area, path: [...policies, id], body, expects: createdSchema },
        options,
      ),
    eventTypes: (options) =>
      transport.call(
        {
          ...{ operation: "list_alerts", method: "GET", area, path: ["alerting", "v3", "available_alerts"] },
          expects: alertsSchema,
        },
        options,
      ),
  };
}

const textOrNull = z.string().min(1).nullable().catch(null);
const textsOrNull = z.array(z.string()).nullable().catch(null);

/** An account without any: `null`, or an empty list. */
function listOf<T>(item: z.ZodType<T>): z.ZodType<T[]> {
  return z
    .array(item)
    .nullable()
    .transform((items) => items ?? []);
}

const createdSchema = z.object({ id: pathSegment });

const destinationsSchema: z.ZodType<Destination[]> = listOf(
  z
    .object({
      id: pathSegment,
      name: z.string().catch(""),
      url: z.string().catch(""),
      last_success: textOrNull.optional(),
      last_failure: textOrNull.optional(),
    })
    .transform(({ id, name, url, last_success, last_failure }) => ({
      ...{ id, name, url },
      ...{ lastSuccess: last_success ?? null, lastFailure: last_failure ?? null },
    })),
);

const policiesSchema: z.ZodType<NotificationPolicy[]> = listOf(
  z
    .looseObject({
      id: pathSegment,
      name: z.string().catch(""),
      alert_type: z.string(),
      enabled: z.boolean().catch(true),
      mechanisms: z
        .looseObject({ webhooks: z.array(z.looseObject({ id: z.string() })).catch([]) })
        .catch({ webhooks: [] }),
      filters: z.looseObject({ event_type: textsOrNull, input_id: textsOrNull }).partial().nullable().catch(null),
    })
    .transform((raw) => ({
      ...{ id: raw.id, name: raw.name, alertType: raw.alert_type, enabled: raw.enabled, raw },
      webhooks: raw.mechanisms.webhooks.map(({ id }) => id),
      // Nothing chosen is no limit; as the dashboard shows it too.
      eventTypes: raw.filters?.event_type?.length ? raw.filters.event_type : null,
      inputIds: raw.filters?.input_id?.length ? raw.filters.input_id : null,
    })),
);

/** Groups of alerts by product. What a filter's option looks like is not documented: any text in it that is one counts. */
const alertsSchema: z.ZodType<string[] | null> = z.unknown().transform((groups) => {
  const alerts = z.record(z.string(), z.array(z.looseObject({ type: z.string().optional() }))).safeParse(groups);
  if (!alerts.success) return null;
  const alert = Object.values(alerts.data)
    .flat()
    .find(({ type }) => type === liveInputAlert);
  const found = JSON.stringify(alert?.filter_options ?? null).match(/live_input\.[a-z_]+/g);
  return found === null ? null : [...new Set(found)];
});
