import { randomBytes } from "node:crypto";

import type { Settings } from "../settings.ts";

export interface Destination {
  id: string;
  name: string;
  url: string;
  secret: string;
}

/** As it was posted, with its id. */
export interface Policy {
  id: string;
  name: string;
  alert_type: string;
  enabled: boolean;
  mechanisms: { webhooks?: { id: string }[] | undefined };
  filters?: { event_type?: string[] | undefined; input_id?: string[] | undefined } | undefined;
}

/** What an account is notified of, and where (Cloudflare API reference: alerting/v3). */
export interface Alerting {
  destinations(): Destination[];
  addDestination(destination: Omit<Destination, "id">): Destination;
  removeDestination(id: string): void;
  policies(): Policy[];
  addPolicy(policy: Omit<Policy, "id">): Policy;
  changePolicy(policy: Policy): void;
  removePolicy(id: string): void;
  /** Where a live input's event is notified. */
  targetsOf(liveInput: string, eventType: string): Destination[];
}

/** The one notification that matters here: "Stream Live Input". */
export const liveInputAlert = "stream_live_notifications";

/** Of what was set up in the dashboard: that is what the setting `webhooks.cloudflareLive` stands for. */
const byHand = "0".repeat(32);

export function createAlerting(settings: Settings): Alerting {
  const destinations = new Map<string, Destination>();
  const policies = new Map<string, Policy>();
  const removed = new Set<string>();

  function destinationByHand(): Destination[] {
    const { cloudflareLive: url } = settings.webhooks;
    if (url === null || removed.has(byHand)) return [];
    return [{ id: byHand, name: "Sandbox", url, secret: settings.secrets.cloudflareNotification }];
  }

  function policyByHand(): Policy[] {
    if (policies.has(byHand) || removed.has(`policy ${byHand}`)) return [];
    const mechanisms = { webhooks: [{ id: byHand }] };
    return destinationByHand().map(() => ({
      ...{ id: byHand, name: "Sandbox live inputs", alert_type: liveInputAlert, enabled: true, mechanisms },
    }));
  }

  const all = () => [...destinationByHand(), ...destinations.values()];
  const allPolicies = () => [...policyByHand(), ...policies.values()];

  return {
    destinations: all,
    addDestination(given) {
      const destination = { id: randomBytes(16).toString("hex"), ...given };
      destinations.set(destination.id, destination);
      return destination;
    },
    removeDestination(id) {
      removed.add(id);
      destinations.delete(id);
    },
    policies: allPolicies,
    addPolicy(given) {
      const policy = { id: randomBytes(16).toString("hex"), ...given };
      policies.set(policy.id, policy);
      return policy;
    },
    changePolicy: (policy) => void policies.set(policy.id, policy),
    removePolicy(id) {
      removed.add(`policy ${id}`);
      policies.delete(id);
    },
    targetsOf(liveInput, eventType) {
      const isWithin = (list: string[] | undefined, value: string) => !list?.length || list.includes(value);
      const ids = allPolicies()
        .filter(({ enabled, alert_type }) => enabled && alert_type === liveInputAlert)
        .filter(({ filters }) => isWithin(filters?.input_id, liveInput) && isWithin(filters?.event_type, eventType))
        .flatMap(({ mechanisms }) => (mechanisms.webhooks ?? []).map(({ id }) => id));
      return all().filter(({ id }) => ids.includes(id));
    },
  };
}
