import { z } from "zod";

import type { CallOptions } from "../provider-call.ts";
import type { CloudflareAnswer, CloudflareRefusal, CloudflareTransport } from "./transport.ts";

/** The webhook that tells of videos; an account has one at most. */
export interface StreamWebhook {
  url: string;
  /** With which it signs; null if the answer doesn't tell it. */
  secret: string | null;
}

export type StreamWebhookResult = { ok: true; webhook: StreamWebhook | null } | CloudflareRefusal;

export interface StreamWebhooks {
  /** The present one; null if there is none. */
  get(options?: CallOptions): Promise<StreamWebhookResult>;
  /** Puts ours in place of whatever is there. */
  put(url: string, options?: CallOptions): Promise<CloudflareAnswer<StreamWebhook>>;
}

/** Cloudflare docs: stream/manage-video-library/using-webhooks, and its SDK. Needs the permission Stream: Edit. */
export function createStreamWebhooks(transport: CloudflareTransport): StreamWebhooks {
  const path = ["webhook"];
  return {
    async get(options) {
      const answer = await transport.call(
        { operation: "get_stream_webhook", method: "GET", path, expects: presentSchema, mayBeEmpty: true },
        options,
      );
      if (answer.ok) return { ok: true, webhook: answer.result ?? null };
      // What is answered where there is none isn't documented; an unknown route is no such answer.
      const isNone = answer.notFound || (answer.error.status === 404 && !noRoute.includes(answer.error.code));
      return isNone ? { ok: true, webhook: null } : answer;
    },
    put: (url, options) =>
      transport.call(
        {
          ...{ operation: "put_stream_webhook", method: "PUT", path, body: { notificationUrl: url } },
          expects: webhookSchema,
        },
        options,
      ),
  };
}

const noRoute: readonly (number | string | null)[] = [null, 7000, 7003];

/** The docs say `notificationUrl`, the SDK types both. */
const webhookSchema: z.ZodType<StreamWebhook> = z
  .object({
    notificationUrl: z.string().optional(),
    notification_url: z.string().optional(),
    secret: z.string().min(1).nullable().catch(null),
  })
  .transform(({ notificationUrl, notification_url, secret }) => ({
    url: notificationUrl ?? notification_url ?? "",
    secret,
  }));

const presentSchema: z.ZodType<StreamWebhook | null | undefined> = webhookSchema
  .nullish()
  .transform((webhook) => (webhook?.url ? webhook : null));
