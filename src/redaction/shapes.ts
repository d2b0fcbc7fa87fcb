import { redacted, secretNames } from "./names.ts";

/** What stands where a secret stood. */
export type Mark = (secret: string) => string;

const names = secretNames.join("|");
/** `"token": "…"` in a text that is JSON or was meant to be; an unclosed value counts to its end. */
const member = new RegExp(`("(?:${names})"\\s*:\\s*")([^"\\\\]*(?:\\\\.[^"\\\\]*)*)`, "gis");
/** The same where JSON is quoted in JSON: `\"token\":\"…\"`. */
const quotedMember = new RegExp(`(\\\\"(?:${names})\\\\"\\s*:\\s*\\\\")((?:[^"\\\\]|\\\\{2}\\\\?.)*)`, "gis");
/** Scheme, authority and path with query, up to what can't be in a URL; `\/` is how some JSON writers spell a slash. */
const rtmpUrl = /(rtmps?:(?:\\?\/){2})([^\s"'<>\\/?#]*)([^\s"'<>\\]*(?:\\\/[^\s"'<>\\]*)*)/gi;
/** `user:password@` of any other URL: the user may stay, so that a message about a database says which. */
const userInfo = /([a-z]:(?:\\?\/){2}[^\s"'<>\\/?#:@]*:)([^\s"'<>\\/?#]+)(?=@)/gi;
const query = /([?&][\w-]{0,20}(?:token|password|passphrase|secret|signature|key|auth|jwt)=)([^\s"'<>\\&#]+)/gi;
/** The page that a recorder opens: whoever has its address can open it. */
const stageToken = /(\/stage\\?\/)([\w.~%-]{8,})/gi;
/** Cloudflare's stream keys, as measured on a real account: 32 hex digits, a k, the same again. */
const streamKey = /[0-9a-f]{32}k[0-9a-f]{32}/gi;
/** Quicker to find, since few texts have a k: 0.2 µs instead of 3 µs for a line of the log. */
const endOfStreamKey = /k[0-9a-f]{32}/i;
/** Agora's RTC tokens: a version, then base64 of more than 60 characters (Agora docs: AccessToken2 is 007). */
const rtcToken = /\b00[67][\w+/=-]{60,}/g;

/** Tally's own keys: the prefix, which says whose it was, stays. */
const apiKey = /(tally_[0-9a-f]{12}_)([0-9a-f]{64})/gi;
/** Of Standard Webhooks, here for notifications: base64 of 24 to 64 bytes. */
const webhookSecret = /(whsec_)([\w+/=-]{32,})/g;
/** Signed JSON in base64url (RFC 7519): a status token of ours, a login of the app's. */
const jwt = /\beyJ[\w-]+\.[\w-]+\.[\w-]{8,}/g;

/**
 * Takes out what has the shape of a secret, whatever it is about: the stream key of an RTMP URL (its last path segment
 * and its query), a URL's password and secret parameters, a stage's address, a member that is named like a secret.
 */
export function redactShapes(text: string, mark: Mark): string {
  const keep = (_all: string, before: string, secret: string) => before + mark(secret);
  let safe = text;
  // What can't be there isn't looked for: most lines have no URL and quote no JSON, and then take half the time.
  if (safe.includes("/")) {
    if (/:\\?\//.test(safe)) {
      safe = safe
        .replace(rtmpUrl, (_url, scheme: string, authority: string, path: string) => {
          return scheme + redactUser(authority, mark) + redactKey(path, mark);
        })
        .replace(userInfo, keep);
    }
    if (safe.includes("=")) safe = safe.replace(query, keep);
    safe = safe.replace(stageToken, keep);
  }
  if (safe.includes('"')) safe = safe.replace(member, keep);
  if (safe.includes('\\"')) safe = safe.replace(quotedMember, keep);
  if (endOfStreamKey.test(safe)) safe = safe.replace(streamKey, mark);
  if (safe.includes("tally_")) safe = safe.replace(apiKey, keep);
  if (safe.includes("whsec_")) safe = safe.replace(webhookSecret, keep);
  if (safe.includes("eyJ")) safe = safe.replace(jwt, mark);
  return safe.replace(rtcToken, mark);
}

/** Of an RTMP URL, where some push targets have a key on its own. */
function redactUser(authority: string, mark: Mark): string {
  const at = authority.lastIndexOf("@");
  return at < 0 ? authority : mark(authority.slice(0, at)) + authority.slice(at);
}

/** `/app/key?query` becomes `/app/[key …]`: hidden is the last segment that isn't empty, and all after it. */
function redactKey(path: string, mark: Mark): string {
  return path.replace(
    /^((?:[^?#]*\/)?)([^/?#]+[\\/]*(?:[?#].*)?|[?#].*)$/s,
    (_path, before: string, secret: string) => before + mark(secret),
  );
}

const credential = /\b(basic|bearer)\s+[\w+/=.~-]{8,}/gi;
/** As in an environment or a connection string. */
const assignment =
  /((?:password|passphrase|secret|token|certificate|api_?key|access_?key|secret_?key|stream_?key)=)('[^']*'|[^\s"'\\&,;]+)/gi;

/** What has the shape of a secret in words that people wrote for people; in a stored body it may be somebody's name. */
export function redactWords(text: string): string {
  const safe = text.replace(credential, `$1 ${redacted}`);
  return safe.includes("=") ? safe.replace(assignment, `$1${redacted}`) : safe;
}
