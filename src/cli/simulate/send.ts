import fetch from "node-fetch";

import type { Config } from "../../config/index.ts";
import { reasonOf } from "../../reason-of.ts";
import { signAgora, signCloudflareNotification, signCloudflareVideo } from "../../webhooks/index.ts";
import { Failure } from "../failure.ts";
import type { Simulation } from "./simulations.ts";

/** What the service answered. */
export interface Sent {
  status: number;
  body: string;
}

/** Longer than the service tries to store an event (8 s). */
const timeoutMs = 10_000;

/**
 * Posts a body to a door of the service, signed as its provider signs it.
 *
 * @param url - the service's
 * @param signal - not aborted yet: node-fetch would throw past its promise
 * @throws {Failure} if nobody answers, or the secret to sign with isn't set
 */
export async function send(
  url: string,
  door: Simulation["door"],
  body: object,
  config: Pick<Config, "agora" | "cloudflare">,
  signal: AbortSignal,
): Promise<Sent> {
  const rawBody = JSON.stringify(body);
  const headers = { "content-type": "application/json", ...sign(door, rawBody, config) };
  try {
    const response = await fetch(`${url}/webhooks/${door}`, {
      method: "POST",
      headers,
      body: rawBody,
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    throw new Failure(`No service answers at ${url}: ${reasonOf(error)}. Start it, or say where it is with --url.`, {
      cause: error,
    });
  }
}

function sign(door: Simulation["door"], rawBody: string, { agora, cloudflare }: Pick<Config, "agora" | "cloudflare">) {
  switch (door) {
    case "agora":
      return signAgora(secretOf(agora.ncsSecrets, "AGORA_NCS_SECRET"), rawBody);
    case "cloudflare/live":
      return signCloudflareNotification(secretOf(cloudflare.notificationSecrets, "CLOUDFLARE_NOTIFICATION_SECRET"));
    case "cloudflare/video": {
      // Its signature holds for five minutes only, whenever the event is said to have happened.
      const time = Math.floor(Date.now() / 1000);
      return signCloudflareVideo(
        secretOf(cloudflare.webhookSecrets, "CLOUDFLARE_STREAM_WEBHOOK_SECRET"),
        rawBody,
        time,
      );
    }
  }
}

function secretOf([secret]: readonly string[], name: string): string {
  if (secret === undefined) throw new Failure(`${name} is not set: nothing can be signed that the service would take.`);
  return secret;
}
