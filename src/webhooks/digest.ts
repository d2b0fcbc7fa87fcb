import { createHash, createHmac, timingSafeEqual } from "node:crypto";

type Data = string | Uint8Array;

/** SHA-256 in lower-case hex. */
export function sha256Hex(data: Data): string {
  return createHash("sha256").update(data).digest("hex");
}

/** HMAC of `parts`, one after the other. */
export function hmac(algorithm: "sha1" | "sha256", secret: string, ...parts: Data[]): Buffer {
  const digest = createHmac(algorithm, secret);
  for (const part of parts) digest.update(part);
  return digest.digest();
}

/** Whether `hex`, in either case, spells `digest`. The length is compared first, the rest in constant time. */
export function isHexOf(digest: Buffer, hex: string): boolean {
  if (hex.length !== 2 * digest.length) return false;
  // Decoding ends at the first character that isn't hex, and leaves too few bytes.
  const given = Buffer.from(hex, "hex");
  return given.length === digest.length && timingSafeEqual(given, digest);
}

/** Whether two secrets of any length are the same, in constant time: hashed, they are of equal length. */
export function isSameSecret(given: Uint8Array, secret: string): boolean {
  return timingSafeEqual(createHash("sha256").update(given).digest(), createHash("sha256").update(secret).digest());
}
