import type { ProviderError, RelayMode } from "../../live/index.ts";

/** A time of day, UTC. */
export function clock(at: number | string | Date): string {
  return new Date(at).toISOString().slice(11, 19);
}

/** A length of time in words: `0.4 s`, `12 s`, `10 min`, `12 h`. */
export function lasting(ms: number): string {
  const seconds = Math.abs(ms) / 1000;
  if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** An id, short enough to read and long enough to know again. */
export function short(id: string): string {
  return id.length > 12 ? `${id.slice(0, 8)}…` : id;
}

export function names(provider: "agora" | "cloudflare" | "storage"): string {
  return { agora: "Agora", cloudflare: "Cloudflare", storage: "The storage" }[provider];
}

export function errorWords({ operation, status, code, message }: ProviderError): string {
  const answer = status === null ? "no answer" : `HTTP ${status}${code === null ? "" : `, code ${code}`}`;
  return `${operation}: ${answer}: ${message}`;
}

export function carrier(mode: RelayMode | undefined): string {
  return mode === "media-push" ? "Media Push" : "Cloud Recording";
}

export function uids(list: Iterable<number>): string {
  const all = [...list];
  return all.length === 0 ? "nobody" : all.length === 1 ? `uid ${all[0]}` : `uids ${all.join(", ")}`;
}

/** Sentences that are there. */
export function sentences(...parts: (string | null | undefined)[]): string | null {
  const said = parts.filter((part) => part != null && part !== "");
  return said.length === 0 ? null : said.join("; ");
}
