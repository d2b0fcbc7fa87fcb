import express, { type Router } from "express";

import { createRedactor, type Redactor } from "../redaction/index.ts";
import { noSpan, noTraces, type Traces, within } from "../traces/index.ts";
import { admitAgora } from "./agora/authenticate.ts";
import { readAgoraEnvelope } from "./agora/envelope.ts";
import type { AgoraSenders } from "./agora/senders.ts";
import { answerTo, methodNotAllowed, send } from "./answer.ts";
import { admitCloudflareNotification } from "./cloudflare/notification/authenticate.ts";
import { readCloudflareNotificationEnvelope } from "./cloudflare/notification/envelope.ts";
import { admitCloudflareVideo } from "./cloudflare/video/authenticate.ts";
import { readCloudflareVideoEnvelope } from "./cloudflare/video/envelope.ts";
import { beginDeliverySpan, endDeliverySpan } from "./delivery-span.ts";
import { createReceptionLog, type WebhookLog } from "./log-reception.ts";
import { type BodyLimits, createBodyReader } from "./raw-body.ts";
import { type Append, type Door, receive, type Reception } from "./receive.ts";
import { refusalOf } from "./refusal.ts";

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
  /** Who may send Agora's webhooks, by address; everybody if missing. */
  agoraSenders?: Pick<AgoraSenders, "include"> | undefined;
  /** Nothing is traced without. */
  traces?: Traces | undefined;
  /** Told of each delivery that is refused: whose address it came to, and why; nothing of what was sent. */
  onRefused?: ((refused: { source: Door["source"]; door: string; why: string }) => void) | undefined;
  /** Told of each delivery when it is answered. */
  onReceived?: ((received: Received) => void) | undefined;
  bodyLimits?: Partial<BodyLimits>;
  /** Milliseconds since 1970; Date.now by default. */
  now?: () => number;
}

/** One delivery, as it is counted. */
export interface Received {
  source: Door["source"];
  /** The address that it came to: `/agora`, `/cloudflare/live`, `/cloudflare/video`. */
  door: string;
  /** Of what was authenticated, else null. It may be anything that a provider sends. */
  type: string | null;
  /** `refused`: not stored, and it need not be sent again. */
  outcome: "stored" | "duplicate" | "not_stored" | "refused";
  /** Why it was refused, in our words only; else null. */
  why: string | null;
  /** Until it was answered, the reading of its body included. */
  ms: number;
}

/**
 * The endpoints that providers call, to be mounted at /webhooks and before any body parser: POST /agora,
 * /cloudflare/live and /cloudflare/video. Whatever authenticates is stored, and answered 200 once `append` resolves.
 *
 * @throws if a secret is blank
 */
export function createWebhookRouter(options: WebhookRouterOptions): Router {
  const { append, traces = noTraces, redactor = createRedactor() } = options;
  assertNoneBlank(options.secrets);
  const router = express.Router();
  const bodies = createBodyReader(options.bodyLimits);
  const logReception = createReceptionLog(options.log);
  for (const door of doors(options)) {
    router.post(door.path, async (request, response) => {
      const startedAt = performance.now();
      const delivery = {
        headers: request.headers,
        address: () => request.ip,
        refusal: bodies.refusalOf(request.headers),
        read: () => bodies.read(request),
      };
      // One that isn't authenticated comes to nothing, and has no span: anybody could make as many as they like.
      let span = noSpan;
      const appendTraced: Append = (event) => {
        span = beginDeliverySpan(traces, door, event, startedAt);
        return within(span, () => append(event));
      };
      const reception = await receive(door, delivery, { append: appendTraced, redactor });
      const answer = answerTo(reception);
      send(response, answer);
      const ms = performance.now() - startedAt;
      within(span, () => logReception(door, reception, ms));
      endDeliverySpan(span, reception, answer.status);
      const why = refusalOf(reception);
      options.onReceived?.(receivedOf(door, reception, why, ms));
      if (why !== null) options.onRefused?.({ source: door.source, door: door.path, why });
    });
    router.all(door.path, (_request, response) => send(response, methodNotAllowed));
  }
  return router;
}

function receivedOf({ source, path }: Door, reception: Reception, why: string | null, ms: number): Received {
  const event = "event" in reception ? { type: reception.event.type, outcome: reception.outcome } : null;
  return { source, door: path, why, ms, ...(event ?? { type: null, outcome: "refused" }) };
}

function doors({ secrets, agoraSenders, now = Date.now }: WebhookRouterOptions): Door[] {
  return [
    {
      path: "/agora",
      source: "agora",
      senders: agoraSenders,
      admit: (headers) => admitAgora(headers, secrets.agora),
      readEnvelope: readAgoraEnvelope,
    },
    {
      path: "/cloudflare/live",
      source: "cloudflare",
      admit: (headers) => admitCloudflareNotification(headers, secrets.cloudflareNotification),
      readEnvelope: readCloudflareNotificationEnvelope,
    },
    {
      path: "/cloudflare/video",
      source: "cloudflare",
      admit: (headers) => admitCloudflareVideo(headers, secrets.cloudflareStream, now()),
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
