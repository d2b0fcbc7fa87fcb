import type { IncomingHttpHeaders } from "node:http";

import { type Admission, headerOf } from "../../delivery.ts";
import { isHexOf } from "../../digest.ts";
import { fitsNone } from "../../fits-none.ts";
import { videoSignature } from "./sign.ts";

/** Cloudflare leaves the choice to the receiver; five minutes is what others of its kind publish. */
const toleranceSeconds = 5 * 60;

/**
 * Whether one of `secrets` signed this webhook within the last five minutes (or, by a clock ahead of ours, the next
 * five). Cloudflare docs: stream/manage-video-library/using-webhooks.
 *
 * @param secrets - the account's, and an old one during a rotation
 * @param now - milliseconds
 */
export function admitCloudflareVideo(headers: IncomingHttpHeaders, secrets: readonly string[], now: number): Admission {
  const header = headerOf(headers, "webhook-signature");
  if (header === undefined) return { ok: false, why: "no Webhook-Signature header: not sent by Cloudflare Stream" };
  const { time, signatures } = parseSignature(header);
  if (time === undefined || signatures.length === 0) {
    return { ok: false, why: "Webhook-Signature is not of the form time=…,sig1=…" };
  }
  const age = now / 1000 - Number(time);
  if (Math.abs(age) > toleranceSeconds) {
    const cause = "sent again by somebody, or a clock is wrong";
    return {
      ok: false,
      why: `Webhook-Signature is ${age.toFixed(1)} s old, ${toleranceSeconds} are allowed: ${cause}`,
      kind: `Webhook-Signature is too old: ${cause}`,
    };
  }
  const why =
    `Webhook-Signature ${fitsNone(["doesn't fit", "fits none of"], secrets, "CLOUDFLARE_STREAM_WEBHOOK_SECRET")}: ` +
    "the account's webhook may have been set anew, which makes a new secret";
  if (secrets.length === 0) return { ok: false, why };
  return {
    ok: true,
    authenticate(body) {
      const digests = secrets.map((secret) => videoSignature(secret, body, time));
      const signed = signatures.some((signature) => digests.some((digest) => isHexOf(digest, signature)));
      return signed ? { ok: true } : { ok: false, why };
    },
  };
}

/** Much longer than any that Cloudflare sends: one signature has some 90 characters. */
const longestHeader = 1_000;

/** `sig1` is what there is; `sig2` and so on would be what a change of scheme brings. */
function parseSignature(header: string): { time: string | undefined; signatures: string[] } {
  if (header.length > longestHeader) return { time: undefined, signatures: [] };
  const fields = header.split(",").map((field) => field.trim());
  const valuesOf = (name: RegExp) => fields.filter((field) => name.test(field)).map((field) => field.replace(name, ""));
  return { time: valuesOf(/^time=(?=\d{1,12}$)/)[0], signatures: valuesOf(/^sig\d+=/) };
}
