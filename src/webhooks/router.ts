import express, { type Router } from "express";

import { createRedactor, type Redactor } from "../redaction/index.ts";
import { authenticateAgora } from "./agora/authenticate.ts";
import { readAgoraEnvelope } from "./agora/envelope.ts";
import { answerTo, methodNotAllowed, send } from "./answer.ts";
import { authenticateCloudflareNotification } from "./cloudflare/notification/authenticate.ts";
import { readCloudflareNotificationEnvelope } from "./cloudflare/notification/envelope.ts";
import { authenticateCloudflareVideo } from "./cloudflare/video/authenticate.ts";
import { readCloudflareVideoEnvelope } from "./cloudflare/video/envelope.ts";
import { logReception, type WebhookLog } from "./log-reception.ts";
import { readRawBody } from "./raw-body.ts";
import { type Append, type Door, receive } from "./receive.ts";

/** Each list may be empty: then every webhook of its kind is refused. */
interface WebhookSecrets {
  agora: readonly string[];
  cloudflareNotification: readonly string[];
  cloudflareStream: readonly string[];
}

export interface WebhookRouterOptions {
  secrets: WebhookSecrets;
  append: Append;
  log: WebhookLog;
  /** Knows this process's secrets; without it only what has the shape of one is kept out of the log of events. */
  redactor?: Redactor | undefined;
  /** Milliseconds since 1970; Date.now by default. */
  now?: () => number;
}

/**
 * The endpoints that providers call, to be mounted at /webhooks and before any body parser: POST /agora,
 * /cloudflare/live and /cloudflare/video. Whatever authenticates is stored, and answered 200 once `append` resolves.
 *
 * @throws if a secret is blank
 */
export function createWebhookRouter(options: WebhookRouterOptions): Router {
  const { secrets, append, log, redactor = createRedactor(), now = Date.now } = options;
  assertNoneBlank(secrets);
  const router = express.Router();
  for (const door of doors(secrets, now)) {
    router.post(door.path, async (request, response) => {
      const startedAt = performance.now();
      const body = await readRawBody(request, response);
      const reception =
        body.outcome === "read"
          ? await receive(door, { headers: request.headers, body: body.bytes }, { append, redactor })
          : body;
      send(response, answerTo(reception));
      const bytes = body.outcome === "read" ? body.bytes.length : null;
      logReception(log, door, reception, { bytes, ms: performance.now() - startedAt });
    });
    router.all(door.path, (_request, response) => send(response, methodNotAllowed));
  }
  return router;
}

function doors(secrets: WebhookSecrets, now: () => number): Door[] {
  return [
    {
      path: "/agora",
      source: "agora",
      authenticate: (delivery) => authenticateAgora(delivery, secrets.agora),
      readEnvelope: readAgoraEnvelope,
    },
    {
      path: "/cloudflare/live",
      source: "cloudflare",
      authenticate: (delivery) => authenticateCloudflareNotification(delivery, secrets.cloudflareNotification),
      readEnvelope: readCloudflareNotificationEnvelope,
    },
    {
      path: "/cloudflare/video",
      source: "cloudflare",
      authenticate: (delivery) => authenticateCloudflareVideo(delivery, secrets.cloudflareStream, now()),
      readEnvelope: readCloudflareVideoEnvelope,
    },
  ];
}

function assertNoneBlank(secrets: WebhookSecrets): void {
  for (const [name, values] of Object.entries(secrets) as [string, readonly string[]][]) {
    if (values.some((secret) => secret.trim() === "")) {
      throw new Error(`secrets.${name} holds a blank secret, with which anybody could sign: leave it out`);
    }
  }
}
