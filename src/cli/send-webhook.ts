import fetch from "node-fetch";

import type { SigningSecret, SigningSecrets } from "../config/index.ts";
import { reasonOf } from "../reason-of.ts";
import { signAgora, signCloudflareNotification, signCloudflareVideo } from "../webhooks/index.ts";
import { Failure } from "./failure.ts";

/** Where a service takes webhooks, below `/webhooks`. */
export type Door = "agora" | "cloudflare/live" | "cloudflare/video";

/** The setting that each door's webhooks are signed by. */
export const secretOfDoor: Readonly<Record<Door, SigningSecret>> = {
  agora: "AGORA_NCS_SECRET",
  "cloudflare/live": "CLOUDFLARE_NOTIFICATION_SECRET",
  "cloudflare/video": "CLOUDFLARE_STREAM_WEBHOOK_SECRET",
};

/** What the service answered. */
export interface Sent {
  status: number;
  body: string;
}

/** Longer than the service tries to store an event (8 s). */
const timeoutMs = 10_000;

/**
 * Posts a body to a door of a service, signed now as its provider signs it.
 *
 * @param url - the service's
 * @param options.signal - not aborted yet: node-fetch would throw past its promise
 * @param options.advice - what to do if nobody answers
 * @throws {Failure} if nobody answers, or the secret to sign with isn't set
 */
export async function sendWebhook(
  url: string,
  door: Door,
  { body, contentType = "application/json" }: { body: string | Buffer; contentType?: string | undefined },
  { secrets, signal, advice }: { secrets: SigningSecrets; signal: AbortSignal; advice: string },
): Promise<Sent> {
  const headers = { "content-type": contentType, ...sign(door, body, secrets) };
  // Not AbortSignal.any: in Node 20 a signal that lives on remembers everyone that was ever made of it.
  const ending = new AbortController();
  const end = () => ending.abort();
  const timer = setTimeout(end, timeoutMs);
  signal.addEventListener("abort", end, { once: true });
  try {
    const response = await fetch(`${url}/webhooks/${door}`, {
      method: "POST",
      headers,
      body,
      redirect: "manual",
      signal: ending.signal,
    });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    const reason = ending.signal.aborted ? `nothing within ${timeoutMs / 1000} s` : reasonOf(error);
    throw new Failure(`No service answers at ${url}: ${reason}. ${advice}`, { cause: error });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  }
}

function sign(door: Door, body: string | Buffer, secrets: SigningSecrets) {
  const name = secretOfDoor[door];
  const secret = secrets[name];
  if (secret === undefined) throw new Failure(`${name} is not set: nothing can be signed that the service would take.`);
  switch (door) {
    case "agora":
      return signAgora(secret, body);
    case "cloudflare/live":
      return signCloudflareNotification(secret);
    case "cloudflare/video":
      // Its signature holds for five minutes only, whenever the event is said to have happened.
      return signCloudflareVideo(secret, body, Math.floor(Date.now() / 1000));
  }
}
