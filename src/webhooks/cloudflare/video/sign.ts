import { hmac } from "../../digest.ts";

/**
 * The header with which Cloudflare Stream signs a webhook: HMAC-SHA256 of the time, a dot and the raw body, in hex.
 * Cloudflare docs: stream/manage-video-library/using-webhooks.
 *
 * @param secret - from the answer to `PUT /accounts/{id}/stream/webhook`
 * @param time - Unix seconds
 */
export function signCloudflareVideo(secret: string, rawBody: string | Uint8Array, time: number) {
  return { "webhook-signature": `time=${time},sig1=${videoSignature(secret, rawBody, String(time)).toString("hex")}` };
}

/** The digest itself; `time` as the header has it. */
export function videoSignature(secret: string, rawBody: string | Uint8Array, time: string): Buffer {
  return hmac("sha256", secret, `${time}.`, rawBody);
}
