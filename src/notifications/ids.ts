import { randomBytes } from "node:crypto";

/** A text that nothing else has: 64 random bits, in letters and digits only, since a dot would blur what is signed. */
export function newId(prefix: "msg" | "ep"): string {
  return `${prefix}_${randomBytes(8).readBigUInt64BE().toString(36).padStart(13, "0")}`;
}
