import type { IncomingHttpHeaders } from "node:http";

import { type Admission, headerOf } from "../../delivery.ts";
import { isSameSecret } from "../../digest.ts";
import { fitsNone } from "../../fits-none.ts";

/**
 * Whether the sender of a notification knows one of `secrets`. Nothing in it is signed: whoever has the secret can say
 * anything. Cloudflare docs: notifications/get-started/configure-webhooks.
 *
 * @param secrets - the destination's, and an old one during a rotation
 */
export function admitCloudflareNotification(headers: IncomingHttpHeaders, secrets: readonly string[]): Admission {
  const header = headerOf(headers, "cf-webhook-auth");
  if (header === undefined) return { ok: false, why: "no cf-webhook-auth header: the destination has no secret" };
  // Node reads a header's bytes as Latin-1; the secret is compared in the bytes that were sent.
  const given = Buffer.from(header, "latin1");
  if (secrets.some((secret) => isSameSecret(given, secret))) return { ok: true, authenticate: () => ({ ok: true }) };
  const why = `cf-webhook-auth ${fitsNone(["is not", "is none of"], secrets, "CLOUDFLARE_NOTIFICATION_SECRET")}`;
  return { ok: false, why };
}
