import { createHash } from "node:crypto";

import { createKnownSecrets } from "./known-secrets.ts";
import { redacted, secretNames } from "./names.ts";
import { redactShapes, redactWords } from "./shapes.ts";

/** Takes secrets out of whatever leaves the process: known values first, then what has the shape of a secret. */
export interface Redactor {
  /**
   * For messages: lines of the log, what is printed, errors and notes that are kept. What is taken out becomes
   * `[redacted]`; a text that is JSON stays JSON.
   */
  text: (text: string) => string;
  /**
   * For a JSON value that is stored, at any depth. What is taken out becomes `[key sha256:…]`, so that two secrets can be
   * told apart and one be known again.
   *
   * @returns a copy
   */
  json: (value: unknown) => unknown;
  /** As `json`, for a body that is no JSON. */
  body: (text: string) => string;
}

/** @param secrets - the values that this process knows; without any, only shapes are found */
export function createRedactor(secrets: Iterable<string> = []): Redactor {
  const withoutKnown = createKnownSecrets(secrets);

  function body(text: string): string {
    return redactShapes(withoutKnown(text), fingerprint);
  }

  function json(value: unknown): unknown {
    if (typeof value === "string") return body(value);
    if (Array.isArray(value)) return value.map(json);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [
        body(key),
        typeof member === "string" && secretMember.test(key) ? fingerprint(member) : json(member),
      ]),
    );
  }

  return { text: (text) => redactWords(redactShapes(withoutKnown(text), () => redacted)), json, body };
}

const secretMember = new RegExp(`^(?:${secretNames.join("|")})$`, "i");

/** What stands for a secret already; or the first word of that, where a space ends a URL. */
const mark = /^\[key(?: sha256:[0-9a-f]{8}\])?$/;

/** Enough of a hash to tell two keys apart, and not enough of anything to push with. */
function fingerprint(secret: string): string {
  if (secret === "" || secret === redacted || mark.test(secret)) return secret;
  return `[key sha256:${createHash("sha256").update(secret).digest("hex").slice(0, 8)}]`;
}
