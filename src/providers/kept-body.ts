import { createRedactor } from "../redaction/index.ts";

/** Of a body as it is kept: enough to see what was said, and no row of 8 MB. */
const most = { text: 300, items: 10, members: 50, depth: 8, body: 4_000 };

/**
 * What is kept of a request's or an answer's body: without secrets, in at most about 4,000 characters of JSON that
 * Postgres takes.
 *
 * @param secrets - texts that must not be in it, beside everything that looks like a credential
 * @returns null if there is no body
 */
export function keptBody(body: unknown, secrets: readonly string[]): unknown {
  if (body === undefined) return null;
  // Bulk goes first, or redacting a list of 10,000 would take long; texts are cut last, or half a secret could remain.
  const kept = withTexts(createRedactor(secrets).json(withoutBulk(body, 1)), (text) => cut(text, most.text));
  const text = JSON.stringify(kept);
  return text.length <= most.body ? kept : cut(text, most.body);
}

function withoutBulk(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth > most.depth) return "…";
  if (Array.isArray(value)) {
    const items = value.slice(0, most.items).map((item) => withoutBulk(item, depth + 1));
    return value.length > most.items ? [...items, `… ${value.length - most.items} more`] : items;
  }
  const all = Object.entries(value);
  const members = all
    .slice(0, most.members)
    .map(([name, member]): [string, unknown] => [name, withoutBulk(member, depth + 1)]);
  return Object.fromEntries(
    all.length > most.members ? [...members, ["…", `${all.length - most.members} more`]] : members,
  );
}

function withTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => withTexts(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [change(name), withTexts(member, change)]));
}

/** Without what Postgres refuses in a text: a NUL, and half of a surrogate pair, as the cut itself may leave. */
function cut(text: string, length: number): string {
  const kept = text.length <= length ? text : `${text.slice(0, length)}…`;
  return kept.replace(/\p{Surrogate}|\0/gu, "\uFFFD");
}
