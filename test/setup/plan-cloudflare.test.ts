import { describe, expect, it } from "vitest";

import { liveInputAlert, type NotificationPolicy } from "../../src/providers/index.ts";
import { type CloudflareFound, cloudflareWanted, liveInputEvents, planCloudflare } from "../../src/setup/index.ts";

const wanted = cloudflareWanted({
  publicUrl: "https://tally.example.com",
  cloudflare: { notificationSecrets: ["live-secret"], webhookSecrets: ["video-secret"] },
});
const destination = { id: "d1", name: "Tally", url: wanted.liveUrl, lastSuccess: null, lastFailure: null };
const elsewhere = { ...destination, id: "d0", url: "https://old.example.com/webhooks/cloudflare/live" };

function policy(changed: Partial<NotificationPolicy> = {}): NotificationPolicy {
  const all: Omit<NotificationPolicy, "raw"> = {
    id: "p1",
    name: "Tally live inputs",
    alertType: liveInputAlert,
    enabled: true,
    webhooks: ["d1"],
    eventTypes: null,
    inputIds: null,
    ...changed,
  };
  const filters = { event_type: all.eventTypes, input_id: all.inputIds, "other.filter": ["kept"] };
  const mechanisms = { email: [{ id: "ops@example.com" }], webhooks: all.webhooks.map((id) => ({ id })) };
  const raw = { id: all.id, created: "2026", name: all.name, alert_type: liveInputAlert, enabled: all.enabled };
  return { ...all, raw: { ...raw, filters, mechanisms } };
}

const complete: CloudflareFound = {
  destinations: [destination],
  policies: [policy()],
  eventTypes: null,
  webhook: { url: wanted.videoUrl, secret: "video-secret" },
};

describe("at Cloudflare there is nothing to do", () => {
  it.each([
    ["with a policy without a filter", complete],
    ["with a policy of all events by name", { ...complete, policies: [policy({ eventTypes: [...liveInputEvents] })] }],
    ["with somebody else's policy that sends here", { ...complete, policies: [policy({ name: "by hand" })] }],
    ["if it doesn't tell the webhook's secret", { ...complete, webhook: { url: wanted.videoUrl, secret: null } }],
    [
      "where a URL is written in capitals",
      { ...complete, webhook: { url: wanted.videoUrl.replace("tally.e", "TALLY.e"), secret: null } },
    ],
  ])("%s", (_, found) => {
    expect(planCloudflare(wanted, found)).toEqual({ steps: [], secretToSet: null });
  });
});

describe("an empty account", () => {
  const empty: CloudflareFound = { destinations: [], policies: [], eventTypes: null, webhook: null };

  it("gets all three, the policy for whatever destination the first step makes", () => {
    expect(planCloudflare(wanted, empty).steps).toMatchObject([
      { kind: "create_destination", url: "https://tally.example.com/webhooks/cloudflare/live" },
      { kind: "create_policy", destination: null, body: { alert_type: liveInputAlert, enabled: true } },
      { kind: "put_stream_webhook", url: "https://tally.example.com/webhooks/cloudflare/video", replaces: null },
    ]);
  });

  it("gets no filter of events unless Cloudflare names them: without one all are told", () => {
    const bodyWith = (eventTypes: string[] | null) => {
      const step = planCloudflare(wanted, { ...empty, eventTypes }).steps.find(({ kind }) => kind === "create_policy");
      return step?.kind === "create_policy" ? step.body : null;
    };
    expect(bodyWith(null)).not.toHaveProperty("filters");
    const named = [...liveInputEvents, "live_input.paused"];
    expect(bodyWith(named)).toMatchObject({ filters: { event_type: named } });
  });
});

describe("a policy that sends here", () => {
  const stepsFor = (changed: Partial<NotificationPolicy>) =>
    planCloudflare(wanted, { ...complete, policies: [policy(changed)] }).steps;

  it("gets the events that it lacks, and keeps whatever else it has", () => {
    expect(stepsFor({ eventTypes: ["live_input.connected", "live_input.disconnected"] })).toEqual([
      {
        kind: "update_policy",
        id: "p1",
        destination: null,
        says: 'change the notification policy "Tally live inputs": add live_input.errored',
        body: {
          name: "Tally live inputs",
          alert_type: liveInputAlert,
          enabled: true,
          mechanisms: { email: [{ id: "ops@example.com" }], webhooks: [{ id: "d1" }] },
          filters: { "other.filter": ["kept"], event_type: [...liveInputEvents] },
        },
      },
    ]);
  });

  it("is enabled, and told of all live inputs", () => {
    const [step] = stepsFor({ enabled: false, inputIds: ["a", "b"] });
    expect(step).toMatchObject({
      kind: "update_policy",
      body: { enabled: true, filters: { "other.filter": ["kept"] } },
    });
    expect(step?.says).toContain("enable it, all live inputs instead of 2");
    expect(step?.kind === "update_policy" && step.body.filters).not.toHaveProperty("input_id");
  });
});

describe("a policy of ours that sends to an old URL", () => {
  it("is moved to a new destination, and leaves others that it tells", () => {
    const theirs = { ...elsewhere, id: "pager", name: "Pager" };
    const found = { ...complete, destinations: [elsewhere, theirs], policies: [policy({ webhooks: ["d0", "pager"] })] };
    expect(planCloudflare(wanted, found).steps).toMatchObject([
      { kind: "create_destination" },
      { kind: "update_policy", id: "p1", destination: null, body: { mechanisms: { webhooks: [{ id: "pager" }] } } },
    ]);
  });

  it("that is somebody else's is left alone, and ours made beside it", () => {
    const found = { ...complete, destinations: [elsewhere], policies: [policy({ name: "by hand", webhooks: ["d0"] })] };
    expect(planCloudflare(wanted, found).steps.map(({ kind }) => kind)).toEqual([
      "create_destination",
      "create_policy",
    ]);
  });
});

describe("the Stream webhook", () => {
  it("of somebody else is named by the step that would replace it", () => {
    const found = { ...complete, webhook: { url: "https://shop.example.com/videos", secret: "theirs" } };
    const { steps, secretToSet } = planCloudflare(wanted, found);
    expect(steps).toMatchObject([{ kind: "put_stream_webhook", replaces: "https://shop.example.com/videos" }]);
    expect(secretToSet).toBeNull();
  });

  it("that is ours tells the secret that the settings lack, or is set once more to learn it", () => {
    const bare = { ...wanted, webhookSecrets: [] };
    expect(planCloudflare(bare, complete)).toEqual({ steps: [], secretToSet: "video-secret" });
    const untold = { ...complete, webhook: { url: wanted.videoUrl, secret: null } };
    expect(planCloudflare(bare, untold)).toMatchObject({
      steps: [{ kind: "put_stream_webhook", replaces: null }],
      secretToSet: null,
    });
  });
});
