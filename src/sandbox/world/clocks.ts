import type { Settings } from "../settings.ts";

/** The providers' clocks, which may be off. What a limit or a delay is measured by, and the record, is the real time. */
export interface Clocks {
  /** @param at - real time, now by default; both in milliseconds since 1970 */
  agora(at?: number): number;
  cloudflare(at?: number): number;
}

/** @param settings - read at every look, so that a change applies at once */
export function createClocks(settings: Settings): Clocks {
  return {
    agora: (at = Date.now()) => at + settings.clocks.agoraOffsetMs,
    cloudflare: (at = Date.now()) => at + settings.clocks.cloudflareOffsetMs,
  };
}
