export type RelayMode = "cloud-recording" | "media-push";

/** State of the RTMP push as Cloud Recording names it (event 100 and `query`); a converter's is put in these words. */
export type RtmpStatus = "connecting" | "publishing" | "onhold" | "disconnected";

/** Why a provider call failed, in a form that can be stored and shown: never a secret, never a whole body. */
export interface ProviderError {
  /** `storage`: who gives leave to write recordings. */
  provider: "agora" | "cloudflare" | "storage";
  operation: string;
  /** HTTP status, or null when no answer came. */
  status: number | null;
  /** The provider's own code, if the body carried one. */
  code: number | string | null;
  message: string;
}
