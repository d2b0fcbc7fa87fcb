import { createHash, randomBytes } from "node:crypto";

/** What is kept of a key: enough to know it again, and not enough to use it. */
export interface KeyParts {
  /** Public: it tells which key is meant. */
  prefix: string;
  /**
   * SHA-256. A slow hash protects what people choose; a random secret of 256 bits can't be guessed from any, and the API
   * asks for this one with every request.
   */
  secretHash: Buffer;
}

/** Makes a key, `tally_<prefix>_<secret>`: in hexadecimal, so that a double click selects the whole of it. */
export function newKey(): KeyParts & { text: string } {
  const prefix = randomBytes(6).toString("hex");
  const secret = randomBytes(32).toString("hex");
  return { text: `tally_${prefix}_${secret}`, prefix, secretHash: hashOf(secret) };
}

/** @returns null if the text is no key, whoever's */
export function readKey(text: string): KeyParts | null {
  const [, prefix, secret] = /^tally_([0-9a-f]{12})_([0-9a-f]{64})$/.exec(text) ?? [];
  return prefix === undefined || secret === undefined ? null : { prefix, secretHash: hashOf(secret) };
}

function hashOf(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
