import { isUtf8 } from "node:buffer";

import type { Redactor } from "../redaction/index.ts";
import { sha256Hex } from "./digest.ts";

/** A body in the form in which it is stored: one of `payload` and `raw`, without secrets. */
export interface Body {
  /** The parsed JSON, or undefined if the body wasn't JSON. */
  payload: unknown;
  /** The text of a body that isn't JSON, or `base64:…` of bytes that are no text; null beside a payload. */
  raw: string | null;
  /** Of the bytes as they came. */
  sha256: string;
}

/** Reads the bytes of a body, whatever they are. */
export function readBody(bytes: Buffer, redactor: Redactor): Body {
  const sha256 = sha256Hex(bytes);
  const text = isUtf8(bytes) ? bytes.toString("utf8") : null;
  const payload = text === null ? undefined : parseJson(text);
  if (payload !== undefined) return { payload: redactor.json(payload), raw: null, sha256 };
  // Postgres takes no NUL in a text column.
  if (text !== null && !text.includes("\0")) return { payload: undefined, raw: redactor.body(text), sha256 };
  const redacted = Buffer.from(redactor.body(bytes.toString("latin1")), "latin1");
  return { payload: undefined, raw: `base64:${redacted.toString("base64")}`, sha256 };
}

/**
 * JSON that can be worked with, or undefined. No provider nests deeper than ten levels; a body of a hundred thousand
 * `[` is JSON too, and overflows the stack of whoever walks it, JSON.stringify and jsonb among them.
 */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return nestsDeeperThan(100, value) ? undefined : value;
  } catch {
    return undefined;
  }
}

function nestsDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => nestsDeeperThan(levels - 1, member));
}
