import { z } from "zod";

import { signCloudflareNotification } from "../../webhooks/sign.ts";
import { type Call, explain } from "../http/index.ts";
import type { Answer } from "../refused.ts";
import { type Destination, liveInputAlert, type Policy, type World } from "../world/index.ts";
import { ok, refusals } from "./envelope.ts";
import { readJson } from "./read-json.ts";

/** Notifications (Cloudflare API reference: alerting/v3; docs: notifications/get-started/configure-webhooks). */

const destinationBody = z.strictObject({ name: z.string().min(1), url: z.url(), secret: z.string().optional() });

const policyBody = z.looseObject({
  name: z.string().min(1),
  alert_type: z.string().min(1),
  enabled: z.boolean(),
  mechanisms: z.looseObject({ webhooks: z.array(z.looseObject({ id: z.string() })).optional() }),
  filters: z
    .looseObject({ event_type: z.array(z.string()).optional(), input_id: z.array(z.string()).optional() })
    .optional(),
});

export function listDestinations({ alerting }: World): Answer {
  return ok(alerting.destinations().map(shown));
}

/** Tried at once, with the documented test message; one that doesn't answer 2xx is not made. */
export async function createDestination(world: World, call: Call): Promise<Answer> {
  const { name, url, secret = "" } = read(destinationBody, call);
  if (!world.settings.account.webhooksInPlan) throw refusals.notInPlan();
  const status = await world.tryWebhook(url, testMessage, { ...signCloudflareNotification(secret) });
  if (status === null || status < 200 || status >= 300) throw refusals.testFailed(status);
  return ok({ id: world.alerting.addDestination({ name, url, secret }).id });
}

export function deleteDestination({ alerting }: World, { params }: Call): Answer {
  alerting.removeDestination(found(alerting.destinations(), params.id).id);
  return ok({});
}

export function listPolicies({ alerting }: World): Answer {
  return ok(alerting.policies());
}

export function createPolicy({ alerting }: World, call: Call): Answer {
  return ok({ id: alerting.addPolicy(knownTo(alerting.destinations(), read(policyBody, call))).id });
}

export function updatePolicy({ alerting }: World, call: Call): Answer {
  const { id } = found(alerting.policies(), call.params.id);
  alerting.changePolicy({ ...knownTo(alerting.destinations(), read(policyBody, call)), id });
  return ok({ id });
}

export function deletePolicy({ alerting }: World, { params }: Call): Answer {
  alerting.removePolicy(found(alerting.policies(), params.id).id);
  return ok({});
}

/** What `filter_options` looks like is not documented; here as for other alerts, or not at all. */
export function listAlerts({ settings }: World): Answer {
  const events = ["connected", "disconnected", "errored"].map((name) => ({ ID: `live_input.${name}`, Name: name }));
  const filter_options = settings.account.listsFilterOptions
    ? [
        { Key: "input_id", Optional: true },
        { Key: "event_type", AvailableValues: events, Optional: true },
      ]
    : null;
  return ok({ Stream: [{ type: liveInputAlert, display_name: "Stream Live Input", filter_options }] });
}

const testMessage = {
  text: "Hello World! This is a test message sent from https://cloudflare.com. If you can see this, your webhook is configured properly.",
};

/** Never with its secret. */
function shown({ id, name, url }: Destination): object {
  return { id, name, url, type: "generic", created_at: null, last_success: null, last_failure: null };
}

function read<T>(body: z.ZodType<T>, call: Call): T {
  const result = body.safeParse(readJson(call.text));
  if (!result.success) throw refusals.badValue(explain(result.error));
  return result.data;
}

/** A policy may only name destinations that there are. */
function knownTo(destinations: readonly Destination[], policy: Omit<Policy, "id">): Omit<Policy, "id"> {
  for (const { id } of policy.mechanisms.webhooks ?? []) found(destinations, id);
  return policy;
}

function found<T extends { id: string }>(items: readonly T[], id: string | undefined): T {
  const item = items.find((one) => one.id === id);
  if (item === undefined) throw refusals.notFound();
  return item;
}
