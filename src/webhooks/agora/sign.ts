import { hmac } from "../digest.ts";

/**
 * The headers with which Agora signs a notification: HMAC of the raw body in lower-case hex, with SHA-1 and with
 * SHA-256; both are sent. Agora docs: signature-verification.
 *
 * @param secret - from Agora's console, one per product and project
 */
export function signAgora(secret: string, rawBody: string | Uint8Array) {
  return {
    "agora-signature": hmac("sha1", secret, rawBody).toString("hex"),
    "agora-signature-v2": hmac("sha256", secret, rawBody).toString("hex"),
  };
}
