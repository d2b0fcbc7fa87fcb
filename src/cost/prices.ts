import type { Resolution } from "../live/index.ts";

/** What providers charge, USD for a thousand minutes. */
export interface Prices {
  /** The date at which these prices were read, ISO 8601. */
  asOf: string;
  cloudRecording: Record<Resolution, number>;
  mediaPush: Record<Resolution, number>;
  /** Stored at Cloudflare for a month. */
  stored: number;
}
