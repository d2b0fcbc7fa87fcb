import { type Authentication, type Delivery, headerOf } from "../delivery.ts";
import { hmac, isHexOf } from "../digest.ts";

/**
 * Whether one of `secrets` signed this notification. `Agora-Signature` (SHA-1) counts only where `Agora-Signature-V2`
 * (SHA-256) is absent, so that nobody can choose the weaker one. Agora docs: signature-verification.
 *
 * @param secrets - one per product, and old ones during a rotation
 */
export function authenticateAgora({ headers, body }: Delivery, secrets: readonly string[]): Authentication {
  const v2 = headerOf(headers, "agora-signature-v2");
  if (v2 !== undefined) {
    const signed = secrets.some((secret) => isHexOf(hmac("sha256", secret, body), v2));
    return signed ? { ok: true } : { ok: false, why: fitsNone("Agora-Signature-V2", secrets) };
  }
  const v1 = headerOf(headers, "agora-signature");
  if (v1 !== undefined) {
    const signed = secrets.some((secret) => isHexOf(hmac("sha1", secret, body), v1));
    return signed ? { ok: true } : { ok: false, why: fitsNone("Agora-Signature", secrets) };
  }
  return { ok: false, why: "no Agora-Signature-V2 and no Agora-Signature header: not sent by Agora" };
}

function fitsNone(header: string, secrets: readonly string[]): string {
  return (
    `${header} fits none of the ${secrets.length} secrets of AGORA_NCS_SECRET: ` +
    "each Agora product has its own secret; or something on the way has changed the body"
  );
}
