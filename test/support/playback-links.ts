import { generateKeyPairSync } from "node:crypto";

import { createLogger } from "../../src/log.ts";
import { createPlaybackLinks } from "../../src/playback/index.ts";

/** Links as Cloudflare gives them. */
export const plainLinks = createPlaybackLinks(
  { signing: null, requireSigned: false, tokenLifetimeMs: 3_600_000 },
  { log: createLogger({ level: "silent" }) },
);

/** Links of an account that requires signed ones, made by a clock that stands where the test puts it. */
export function signedLinks({ tokenLifetimeMs = 4 * 3_600_000, at = Date.UTC(2026, 0, 1) } = {}) {
  const clock = { now: at };
  const { keyId, key, publicKey } = createSigningKey();
  const links = createPlaybackLinks(
    { signing: { keyId, key }, requireSigned: true, tokenLifetimeMs },
    { log: createLogger({ level: "silent" }), now: () => clock.now },
  );
  return { links, clock, publicKey };
}

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
