import type { NewEvent } from "./new-event.ts";

/**
 * The same event in a form that Postgres takes: `jsonb` refuses `\u0000` and half a surrogate pair, text refuses a zero
 * byte, and a user can put either into an account name. The body is kept to the letter, as the text of its JSON or in
 * base64; names and keys lose the character.
 */
export function storable(event: NewEvent): NewEvent {
  return {
    ...event,
    dedupeKey: storableText(event.dedupeKey),
    type: storableText(event.type),
    route: event.route === null ? null : { ...event.route, key: storableText(event.route.key) },
    payload: undefined,
    // JSON.stringify writes both characters as escapes of plain letters.
    raw: event.payload === undefined ? toBase64(event.raw) : JSON.stringify(event.payload),
    headers: event.headers === null ? null : cleanValues(event.headers),
  };
}

/** A text without what Postgres refuses in one: a zero byte, and half a surrogate pair (as a cut may leave). */
export function storableText(text: string): string {
  return text.replace(/\p{Surrogate}|\0/gu, "\uFFFD");
}

function cleanValues(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [storableText(name), storableText(value)]));
}

function toBase64(text: string | null): string | null {
  return text === null ? null : `base64:${Buffer.from(text, "utf8").toString("base64")}`;
}
