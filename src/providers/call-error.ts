import type { z } from "zod";

import { createRedactor } from "../redaction/index.ts";
import type { Provider } from "./slots.ts";

/** Why a provider call failed, in a form that can be stored and shown: never a secret, never a whole body. */
export interface CallError {
  /** `storage`: who gives leave to write recordings, AWS's STS or another's. */
  provider: Provider | "storage";
  operation: string;
  /** HTTP status, or null when no answer came. */
  status: number | null;
  /** The provider's own code, if the body carried one. */
  code: number | string | null;
  /** At most 300 characters, with URLs and credentials redacted. */
  message: string;
}

const longestMessage = 300;
const longestCode = 64;

/**
 * @param error - what happened; `message` and `code` may hold whatever the provider said
 * @param secrets - texts that must not be in the result, beside everything that looks like a URL or a credential
 */
export function callError(error: CallError, secrets: readonly string[] = []): CallError {
  const { code, message } = error;
  return {
    ...error,
    code: typeof code === "string" ? cut(redact(code, secrets), longestCode) : code,
    message: cut(redact(message, secrets), longestMessage),
  };
}

/** To be stored: without a NUL, nor half of a surrogate pair, which the cut itself may leave. Postgres refuses both. */
function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/\p{Surrogate}|\0/gu, "\uFFFD");
}

/** Says where an answer departs from what was expected of it, without quoting the answer. */
export function unexpectedBody(error: z.ZodError): string {
  const places = error.issues.slice(0, 3).map(({ path, message }) => `${path.join(".") || "body"}: ${message}`);
  return `answered with an unexpected body (${places.join("; ")})`;
}

/**
 * A provider may quote our request back at us. Exact secrets first, of any length, since one may stand where no pattern
 * finds it. URLs go whole: an RTMP URL ends in the stream key and the page's in its token.
 */
function redact(text: string, secrets: readonly string[]): string {
  let safe = text;
  for (const secret of secrets) {
    // An empty one would match between all characters.
    if (secret !== "") safe = safe.replaceAll(secret, "[redacted]");
  }
  return createRedactor(secrets)
    .text(safe)
    .replace(/[a-z][a-z0-9+.-]{0,20}:\/\/[^\s"'<>]+/gi, "[url]");
}
