import { generateKeyPairSync } from "node:crypto";

import { createLogger } from "../../src/log.ts";
import { createPlaybackLinks } from "../../src/playback/index.ts";

/** Links as Cloudflare gives them. */
export const plainLinks = createPlaybackLinks(
  { signing: null, requireSigned: false, tokenLifetimeMs: 3_600_000 },
  { log: createLogger({ level: "silent" }) },
);

/** A key as `POST /stream/keys` gives it, in both forms, with what checks its signatures. */
export function createSigningKey() {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  return {
    keyId: "key-1",
    key: privateKey,
    publicKey,
    pem: base64(privateKey.export({ type: "pkcs1", format: "pem" }).toString()),
    jwk: base64(JSON.stringify({ ...privateKey.export({ format: "jwk" }), kid: "key-1", alg: "RS256", use: "sig" })),
  };
}
