import { createPrivateKey, type JsonWebKeyInput, type KeyObject } from "node:crypto";

/**
 * Reads a signing key as `POST /accounts/{id}/stream/keys` gives it: the `pem`, or the `jwk`, both in base64.
 *
 * @returns undefined if it is neither
 */
export function readSigningKey(text: string): KeyObject | undefined {
  try {
    const inner = Buffer.from(text, "base64").toString("utf8").trim();
    const key = inner.startsWith("{")
      ? createPrivateKey({ key: JSON.parse(inner) as JsonWebKeyInput["key"], format: "jwk" })
      : createPrivateKey(inner);
    return key.asymmetricKeyType === "rsa" ? key : undefined;
  } catch {
    return undefined;
  }
}
