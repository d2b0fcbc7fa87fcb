import { sha256Hex } from "./digest.ts";

const secretKeys = "streamKey|passphrase|secretKey|accessKey|token|stsToken";
const secretKey = new RegExp(`^(?:${secretKeys})$`, "i");
/** `"token": "…"` in a text that is JSON or was meant to be; an unclosed value counts to its end. */
const secretMember = new RegExp(`("(?:${secretKeys})"\\s*:\\s*")([^"\\\\]*(?:\\\\.[^"\\\\]*)*)`, "gis");
/** Scheme, authority and path with query, up to what can't be in a URL; `\/` is how some JSON writers spell a slash. */
const rtmpUrl = /(rtmps?:(?:\\?\/){2})([^\s"'<>\\/?#]*)([^\s"'<>\\]*(?:\\\/[^\s"'<>\\]*)*)/gi;

/**
 * Takes the secrets out of a JSON value, at any depth: the stream key in an RTMP URL (its last path segment and its
 * query), and text under a key that names a secret. What replaces a secret tells two of them apart.
 *
 * @param value - what `parseJson` returns
 * @returns a copy
 */
export function redactJson(value: unknown): unknown {
  if (typeof value === "string") return redactText(value);
  if (Array.isArray(value)) return value.map(redactJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      redactText(key),
      typeof member === "string" && secretKey.test(key) ? fingerprint(member) : redactJson(member),
    ]),
  );
}

/** The same for a text, such as a body that isn't JSON. */
export function redactText(text: string): string {
  return text
    .replace(rtmpUrl, (_url, scheme: string, authority: string, path: string) => {
      return scheme + redactUser(authority) + redactKey(path);
    })
    .replace(secretMember, (_member, key: string, value: string) => key + fingerprint(value));
}

/** `user:password@host`, as some push targets have it. */
function redactUser(authority: string): string {
  const at = authority.lastIndexOf("@");
  return at < 0 ? authority : fingerprint(authority.slice(0, at)) + authority.slice(at);
}

/** `/app/key?query` becomes `/app/[key …]`: hidden is the last segment that isn't empty, and all after it. */
function redactKey(path: string): string {
  return path.replace(
    /^((?:[^?#]*\/)?)([^/?#]+[\\/]*(?:[?#].*)?|[?#].*)$/s,
    (_path, before: string, secret: string) => {
      return before + fingerprint(secret);
    },
  );
}

/** Enough of a hash to tell two keys apart, and not enough of anything to push with. */
function fingerprint(secret: string): string {
  return secret === "" ? "" : `[key sha256:${sha256Hex(secret).slice(0, 8)}]`;
}
