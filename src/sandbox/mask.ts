import { createHash } from "node:crypto";

const secretMembers = new Set([
  "accessKey",
  "secret",
  "secretKey",
  "stsToken",
  "token",
  "streamKey",
  "passphrase",
  "webRTC",
  "webRTCPlayback",
]);

/**
 * A copy of a body that can be shown: secrets keep their identity (a short hash, so that two can be told apart or known
 * for the same) and lose their value. RTMP URLs carry the stream key in their last segment, a recorded page's URL the
 * credential of whoever opens it.
 *
 * @param value - parsed JSON
 */
export function maskSecrets(value: unknown): unknown {
  if (typeof value === "string") return maskRtmpKey(value);
  if (Array.isArray(value)) return value.map(maskSecrets);
  if (typeof value !== "object" || value === null) return value;
  const isPage = "url" in value && "audioProfile" in value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]: [string, unknown]) => {
      if (secretMembers.has(key)) return [key, typeof member === "string" ? shortHash(member) : "[masked]"];
      if (isPage && key === "url" && typeof member === "string") return [key, maskLastSegment(member)];
      return [key, maskSecrets(member)];
    }),
  );
}

function maskRtmpKey(text: string): string {
  return /^rtmps?:\/\//i.test(text) ? maskLastSegment(text) : text;
}

function maskLastSegment(text: string): string {
  const cut = text.lastIndexOf("/") + 1;
  return cut === text.length ? text : text.slice(0, cut) + shortHash(text.slice(cut));
}

function shortHash(text: string): string {
  return `[sha256:${createHash("sha256").update(text).digest("hex").slice(0, 8)}]`;
}
