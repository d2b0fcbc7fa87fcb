import { type Destination, liveInputAlert, type NotificationPolicy, type PolicyBody } from "../../providers/index.ts";
import type { CloudflareFound } from "./look.ts";
import { type CloudflareWanted, liveInputEvents } from "./wanted.ts";

/** One thing to do at Cloudflare. */
export type Step =
  | { kind: "create_destination"; name: string; url: string; says: string }
  /** `destination` null: the one that the step before makes. */
  | { kind: "create_policy"; destination: string | null; body: PolicyBody; says: string }
  | { kind: "update_policy"; id: string; destination: string | null; body: PolicyBody; says: string }
  /** `replaces`: somebody else's webhook, which would be lost. */
  | { kind: "put_stream_webhook"; url: string; replaces: string | null; says: string };

export interface CloudflarePlan {
  steps: Step[];
  /** The Stream webhook's secret that the settings lack, where it is known without a step. */
  secretToSet: string | null;
}

/** By these names our own are known again, whatever URL they have. */
const destinationName = "Tally";
const policyName = "Tally live inputs";

/**
 * What is missing at Cloudflare, or wrong: a destination with our URL, an enabled policy for all live inputs and all their
 * events that sends there, and the account's Stream webhook. Nothing of somebody else's is changed, but for the Stream
 * webhook, of which there is one: that step says whom it replaces.
 */
export function planCloudflare(wanted: CloudflareWanted, found: CloudflareFound): CloudflarePlan {
  const destination = found.destinations.find(({ url }) => sameUrl(url, wanted.liveUrl)) ?? null;
  const steps = [...destinationSteps(wanted, destination), ...policySteps(found, destination)];
  const video = webhookSteps(wanted, found);
  return { steps: [...steps, ...video.steps], secretToSet: video.secretToSet };
}

function destinationSteps({ liveUrl }: CloudflareWanted, destination: Destination | null): Step[] {
  if (destination !== null) return [];
  const says = `create the notification destination "${destinationName}": ${liveUrl}`;
  return [{ kind: "create_destination", name: destinationName, url: liveUrl, says }];
}

function policySteps(found: CloudflareFound, destination: Destination | null): Step[] {
  const ofLiveInputs = found.policies.filter(({ alertType }) => alertType === liveInputAlert);
  const sending = ofLiveInputs.filter(({ webhooks }) => destination !== null && webhooks.includes(destination.id));
  if (sending.some((policy) => wrongWith(policy).length === 0)) return [];
  const policy = sending[0] ?? ofLiveInputs.find(({ name }) => name === policyName);
  const id = destination?.id ?? null;
  if (policy === undefined) {
    const says = `create the notification policy "${policyName}": Stream Live Input, all events, all live inputs`;
    return [{ kind: "create_policy", destination: id, body: newPolicy(found.eventTypes), says }];
  }
  const isMoved = !sending.includes(policy);
  const changes = [...(isMoved ? ["send to this deployment's URL"] : []), ...wrongWith(policy)];
  const says = `change the notification policy "${policy.name}": ${changes.join(", ")}`;
  return [
    {
      kind: "update_policy",
      id: policy.id,
      destination: isMoved ? id : null,
      body: mended(policy, found, isMoved),
      says,
    },
  ];
}

/** What keeps a policy from telling of every event of every live input. */
function wrongWith({ enabled, eventTypes, inputIds }: NotificationPolicy): string[] {
  const missing = eventTypes === null ? [] : liveInputEvents.filter((event) => !eventTypes.includes(event));
  return [
    ...(enabled ? [] : ["enable it"]),
    ...(missing.length === 0 ? [] : [`add ${missing.join(", ")}`]),
    ...(inputIds === null ? [] : [`all live inputs instead of ${inputIds.length}`]),
  ];
}

/** Without a filter every event is told; Cloudflare's own names are used where it lists them. */
function newPolicy(eventTypes: string[] | null): PolicyBody {
  return {
    name: policyName,
    alert_type: liveInputAlert,
    enabled: true,
    mechanisms: { webhooks: [] },
    ...(eventTypes === null ? {} : { filters: { event_type: eventTypes } }),
  };
}

/** What a policy is made of, by Cloudflare's SDK; the rest of an answer is Cloudflare's own. */
const kept = ["name", "description", "alert_type", "alert_interval", "mechanisms", "filters"];

function mended(
  policy: NotificationPolicy,
  { eventTypes, destinations }: CloudflareFound,
  isMoved: boolean,
): PolicyBody {
  const { raw } = policy;
  const body = Object.fromEntries(Object.entries(raw).filter(([name]) => kept.includes(name)));
  const { event_type: events, input_id: _, ...filters } = (raw.filters ?? {}) as Record<string, unknown>;
  const all =
    policy.eventTypes === null ? events : [...new Set([...policy.eventTypes, ...(eventTypes ?? liveInputEvents)])];
  // Of a policy that is moved, what was ours before goes: it tells another address, or nobody.
  const ours = destinations.filter(({ name }) => name === destinationName).map(({ id }) => id);
  const webhooks = policy.webhooks.filter((id) => !isMoved || !ours.includes(id)).map((id) => ({ id }));
  return {
    ...body,
    enabled: true,
    mechanisms: { ...(raw.mechanisms as object), webhooks },
    filters: { ...filters, ...(all === undefined || all === null ? {} : { event_type: all }) },
  };
}

function webhookSteps(
  { videoUrl: url, webhookSecrets }: CloudflareWanted,
  { webhook }: CloudflareFound,
): CloudflarePlan {
  const put = (replaces: string | null, says: string): CloudflarePlan => ({
    steps: [{ kind: "put_stream_webhook", url, replaces, says }],
    secretToSet: null,
  });
  if (webhook === null) return put(null, `set the account's Stream webhook: ${url}`);
  if (!sameUrl(webhook.url, url)) {
    return put(webhook.url, `REPLACE the account's Stream webhook, which is now ${webhook.url}, by ${url}`);
  }
  if (webhook.secret === null && webhookSecrets.length === 0) {
    return put(null, `set the Stream webhook once more, to learn its secret: ${url}`);
  }
  const isMissing = webhook.secret !== null && !webhookSecrets.includes(webhook.secret);
  return { steps: [], secretToSet: isMissing ? webhook.secret : null };
}

/** Hosts are not written in one way only. */
function sameUrl(a: string, b: string): boolean {
  return URL.canParse(a) && URL.canParse(b) ? new URL(a).href === new URL(b).href : a === b;
}
