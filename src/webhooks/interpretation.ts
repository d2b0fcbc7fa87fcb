import type { z } from "zod";

import { storableText } from "../eventlog/index.ts";
import type { ProviderEvent } from "../live/index.ts";

/** What a stored webhook means to a channel. Notes are for people, in lists and in `tally events show`. */
export type Interpretation =
  | { kind: "event"; event: ProviderEvent }
  /** We know what it is, and it changes nothing. */
  | { kind: "ignored"; note: string }
  /** We don't know what it is, or it lacks what we need. */
  | { kind: "unrecognised"; note: string };

export function event(value: ProviderEvent): Interpretation {
  return { kind: "event", event: value };
}

export function ignored(note: string): Interpretation {
  return { kind: "ignored", note };
}

export function unrecognised(note: string): Interpretation {
  // A note may quote the provider, who may say anything at any length.
  return { kind: "unrecognised", note: storableText(note.slice(0, 300)) };
}

/**
 * Reads `payload` by `schema` and says what it means; a payload that doesn't fit is unrecognised, with what is wrong
 * with it.
 */
export function read<Output>(
  schema: z.ZodType<Output>,
  payload: unknown,
  toInterpretation: (value: Output) => Interpretation,
): Interpretation {
  const result = schema.safeParse(payload);
  if (result.success) return toInterpretation(result.data);
  const issues = result.error.issues
    .slice(0, 3)
    .map((issue) => `${["payload", ...issue.path].join(".")}: ${issue.message}`);
  return unrecognised(issues.join("; "));
}
