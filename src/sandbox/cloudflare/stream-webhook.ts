import { z } from "zod";

import { type Call, explain } from "../http/index.ts";
import type { Answer } from "../refused.ts";
import type { World } from "../world/index.ts";
import { ok, refusals } from "./envelope.ts";
import { readJson } from "./read-json.ts";

const body = z.strictObject({ notificationUrl: z.url() });

/** The account's one webhook about videos (Cloudflare docs: stream/manage-video-library/using-webhooks). */
export function getStreamWebhook({ settings }: World): Answer {
  if (settings.webhooks.cloudflareVideo !== null) return shown(settings, settings.account.streamWebhook.tellsSecret);
  if (settings.account.streamWebhook.none === "empty") return ok({});
  throw refusals.notFound();
}

export function putStreamWebhook({ settings }: World, call: Call): Answer {
  const result = body.safeParse(readJson(call.text));
  if (!result.success) throw refusals.badValue(explain(result.error));
  settings.webhooks.cloudflareVideo = result.data.notificationUrl;
  return shown(settings, true);
}

export function deleteStreamWebhook({ settings }: World): Answer {
  settings.webhooks.cloudflareVideo = null;
  return ok("");
}

function shown({ webhooks, secrets }: World["settings"], withSecret: boolean): Answer {
  const secret = withSecret ? { secret: secrets.cloudflareVideo } : {};
  return ok({ notificationUrl: webhooks.cloudflareVideo, modified: "2026-01-01T00:00:00.000000Z", ...secret });
}
