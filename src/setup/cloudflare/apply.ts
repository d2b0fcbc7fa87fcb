import type { CloudflareRefusal, PolicyBody } from "../../providers/index.ts";
import type { SetupClients } from "./look.ts";
import type { CloudflarePlan, Step } from "./plan.ts";

export interface Applied {
  /** What was done, in order. */
  done: Step[];
  /** The Stream webhook's secret, if a step told it. */
  secret: string | null;
  /** The step that was refused; those after it were not tried. */
  refused: { step: Step; refusal: CloudflareRefusal } | null;
}

/** Carries a plan out, a step after the other, and stops at the first that is refused. */
export async function applyCloudflare(
  { steps }: CloudflarePlan,
  notificationSecret: string,
  { notifications, streamWebhooks }: SetupClients,
): Promise<Applied> {
  const applied: Applied = { done: [], secret: null, refused: null };
  let made: string | null = null;

  async function carryOut(step: Step): Promise<{ ok: true } | CloudflareRefusal> {
    switch (step.kind) {
      case "create_destination": {
        const { name, url } = step;
        const answer = await notifications.createDestination({ name, url, secret: notificationSecret });
        if (answer.ok) made = answer.result.id;
        return answer;
      }
      case "create_policy":
        return notifications.createPolicy(sendingTo(step.destination ?? made, step.body));
      case "update_policy":
        return notifications.updatePolicy(step.id, sendingTo(step.destination ?? made, step.body));
      case "put_stream_webhook": {
        const answer = await streamWebhooks.put(step.url);
        if (answer.ok) applied.secret = answer.result.secret;
        return answer;
      }
    }
  }

  for (const step of steps) {
    const answer = await carryOut(step);
    if (!answer.ok) return { ...applied, refused: { step, refusal: answer } };
    applied.done.push(step);
  }
  return applied;
}

/** Null: it sends where it should already. */
function sendingTo(destination: string | null, body: PolicyBody): PolicyBody {
  if (destination === null) return body;
  const { mechanisms } = body as { mechanisms: { webhooks: { id: string }[] } };
  return { ...body, mechanisms: { ...mechanisms, webhooks: [...mechanisms.webhooks, { id: destination }] } };
}
