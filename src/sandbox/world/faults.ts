import { z } from "zod";

import type { WebhookEntry } from "./record.ts";

/** The imitated calls, as planned faults and the record name them. */
const operations = [
  "acquire",
  "start",
  "query",
  "update",
  "stop",
  "channelUser",
  "channelList",
  "ncsIp",
  "create_converter",
  "get_converter",
  "list_converters",
  "update_converter",
  "remove_converter",
  "liveInputs.create",
  "liveInputs.get",
  "liveInputs.list",
  "liveInputs.update",
  "liveInputs.delete",
  "liveInputs.videos",
  "storageUsage",
  "keys.create",
  "videos.get",
  "videos.delete",
  "streamWebhook.get",
  "streamWebhook.put",
  "streamWebhook.delete",
  "destinations.list",
  "destinations.create",
  "destinations.delete",
  "policies.list",
  "policies.create",
  "policies.update",
  "policies.delete",
  "alerts.list",
  "token.verify",
  "playback.manifest",
  "playback.lifecycle",
  "playback.views",
] as const;
export type Operation = (typeof operations)[number];

const times = z.number().int().min(1).max(1_000_000).default(1);
const realMs = z.number().min(0).max(600_000);

/** How a call goes wrong. Without `answer` it is only late, by `delayMs` real milliseconds. */
const callFault = z
  .strictObject({
    operation: z.enum(operations),
    times,
    delayMs: realMs.default(0),
    answer: z
      .union(
        [
          /** Never answered. */
          z.literal("hang"),
          /** The connection ends before anything is done. */
          z.literal("drop"),
          /** It is done, and then the connection ends: the answer is lost. */
          z.literal("dropAfter"),
          /** This answer instead of the real one; with `after`, the call is carried out all the same. */
          z.strictObject({
            status: z.number().int().min(200).max(599),
            body: z.unknown().optional(),
            headers: z.record(z.string(), z.string()).default({}),
            after: z.boolean().default(false),
          }),
        ],
        { error: 'must be "hang", "drop", "dropAfter", or { status, body } with `headers` or `after`' },
      )
      .optional(),
  })
  .refine((fault) => fault.answer !== undefined || fault.delayMs > 0, {
    error: "a fault needs an `answer`, a `delayMs`, or both",
  });
export type CallFault = z.infer<typeof callFault>;

/** How a webhook goes wrong on its way; `ms` are real milliseconds. */
const webhookFault = z.strictObject({
  match: z.strictObject({
    kind: z.enum(["agora", "cloudflare-live", "cloudflare-video"]).optional(),
    product: z.literal([1, 3, 5]).optional(),
    eventType: z.union([z.number().int(), z.string()]).optional(),
    /** Channel name for Agora, the live input's uid for Cloudflare. */
    about: z.string().optional(),
  }),
  /**
   * `lose`: never sent. `duplicate`: sent again after `ms`. `delay`: sent after `ms`. `reorder`: held back until the
   * next webhook of its kind has been answered, for `ms` at most.
   */
  action: z.enum(["lose", "duplicate", "delay", "reorder"]),
  times,
  ms: realMs.default(1_000),
});
export type WebhookFault = z.infer<typeof webhookFault>;

/** As a plan is written, before the defaults are filled in. */
export type FaultPlan = z.input<typeof callFault> | z.input<typeof webhookFault>;

/** One planned fault. It is one of a call if it names an operation, so that what is wrong with it can be said. */
export const fault = z.unknown().transform((value, context): CallFault | WebhookFault => {
  const isOfCall = typeof value === "object" && value !== null && "operation" in value;
  const result = isOfCall ? callFault.safeParse(value) : webhookFault.safeParse(value);
  if (result.success) return result.data;
  for (const { path, message } of result.error.issues) context.addIssue({ code: "custom", path, message });
  return z.NEVER;
});

/** Faults planned for calls and webhooks to come; each is used up by the first `times` that it fits. */
export interface Faults {
  plan(planned: readonly (CallFault | WebhookFault)[]): void;
  takeForCall(operation: Operation): CallFault | null;
  takeForWebhook(webhook: Pick<WebhookEntry, "kind" | "product" | "eventType" | "about">): WebhookFault | null;
  /** Forgets what is left. */
  clear(): void;
  /** What is left, `times` counted down. */
  remaining(): (CallFault | WebhookFault)[];
}

export function createFaults(): Faults {
  let calls: CallFault[] = [];
  let webhooks: WebhookFault[] = [];

  return {
    plan(planned) {
      for (const one of planned) {
        if ("operation" in one) calls.push({ ...one });
        else webhooks.push({ ...one });
      }
    },
    takeForCall(operation) {
      const taken = calls.find((one) => one.operation === operation);
      if (taken) calls = countDown(calls, taken);
      return taken ?? null;
    },
    takeForWebhook(webhook) {
      const taken = webhooks.find(({ match }) =>
        (["kind", "product", "eventType", "about"] as const).every(
          (key) => match[key] === undefined || match[key] === webhook[key],
        ),
      );
      if (taken) webhooks = countDown(webhooks, taken);
      return taken ?? null;
    },
    clear() {
      calls = [];
      webhooks = [];
    },
    remaining: () => [...calls, ...webhooks],
  };
}

function countDown<T extends { times: number }>(planned: T[], taken: T): T[] {
  taken.times -= 1;
  return planned.filter((one) => one.times > 0);
}
