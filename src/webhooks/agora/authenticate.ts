import type { IncomingHttpHeaders } from "node:http";

import { type Admission, headerOf } from "../delivery.ts";
import { hmac, isHexOf } from "../digest.ts";
import { fitsNone } from "../fits-none.ts";

const signatures = [
  { header: "Agora-Signature-V2", algorithm: "sha256", form: /^[0-9a-f]{64}$/i },
  { header: "Agora-Signature", algorithm: "sha1", form: /^[0-9a-f]{40}$/i },
] as const;

/**
 * Whether one of `secrets` signed a notification. `Agora-Signature` (SHA-1) counts only where `Agora-Signature-V2`
 * (SHA-256) is absent, so that nobody can choose the weaker one. Agora docs: signature-verification.
 *
 * @param secrets - one per product, and old ones during a rotation
 */
export function admitAgora(headers: IncomingHttpHeaders, secrets: readonly string[]): Admission {
  for (const { header, algorithm, form } of signatures) {
    const signature = headerOf(headers, header.toLowerCase());
    if (signature === undefined) continue;
    const refusal = { ok: false, why: whyOf(header, secrets) } as const;
    if (secrets.length === 0 || !form.test(signature)) return refusal;
    return {
      ok: true,
      authenticate: (body) =>
        secrets.some((secret) => isHexOf(hmac(algorithm, secret, body), signature)) ? { ok: true } : refusal,
    };
  }
  return { ok: false, why: "no Agora-Signature-V2 and no Agora-Signature header: not sent by Agora" };
}

function whyOf(header: string, secrets: readonly string[]): string {
  return (
    `${header} ${fitsNone(["doesn't fit", "fits none of"], secrets, "AGORA_NCS_SECRET")}: ` +
    "each Agora product has its own secret; or something on the way has changed the body"
  );
}
