import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, verify } from "node:crypto";

/** The account's keys for signed playback (Cloudflare docs: securing-your-stream). */
export interface SigningKeys {
  /** Makes one; both forms of it are base64. */
  create(): { id: string; pem: string; jwk: string };
  /** @returns what a token plays; null if no key of ours signed it, or it has expired */
  subjectOf(token: string): string | null;
}

/** @param now - Cloudflare's clock, ms */
export function createSigningKeys(now: () => number): SigningKeys {
  const keys = new Map<string, KeyObject>();

  return {
    create() {
      const id = randomBytes(16).toString("hex");
      const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
      keys.set(id, createPublicKey(privateKey));
      const base64 = (text: string) => Buffer.from(text).toString("base64");
      const jwk = { use: "sig", kid: id, alg: "RS256", ...privateKey.export({ format: "jwk" }) };
      const pem = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
      return { id, pem: base64(pem), jwk: base64(JSON.stringify(jwk)) };
    },
    subjectOf(token) {
      const [head = "", body = "", signature = ""] = token.split(".");
      const { alg, kid } = decode(head);
      const key = keys.get(String(kid));
      if (alg !== "RS256" || key === undefined) return null;
      const isOurs = verify("RSA-SHA256", Buffer.from(`${head}.${body}`), key, Buffer.from(signature, "base64url"));
      const { sub, exp, kid: named } = decode(body);
      const lasts = typeof exp === "number" && exp * 1000 > now() && exp * 1000 <= now() + dayMs;
      return isOurs && lasts && named === kid && typeof sub === "string" ? sub : null;
    },
  };
}

/** A token may last a day at most. */
const dayMs = 86_400_000;

function decode(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as Record<string, unknown>;
  } catch {
    return {};
  }
}
