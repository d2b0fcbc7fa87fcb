import { liveRtmp, relayRecorder } from "./recorders.ts";
import type { ChannelState } from "./state.ts";

/** Cloudflare's errors that no restart mends: only another encoder setting, more storage or a subscription does. */
const unrecoverable: Readonly<Record<string, true>> = {
  ERR_GOP_OUT_OF_RANGE: true,
  ERR_UNSUPPORTED_VIDEO_CODEC: true,
  ERR_UNSUPPORTED_AUDIO_CODEC: true,
  ERR_STORAGE_QUOTA_EXHAUSTED: true,
  ERR_MISSING_SUBSCRIPTION: true,
};

/** Cloudflare says, since this relay was requested, that it receives the picture. */
export function ingestConfirmed(state: ChannelState): boolean {
  return !state.ingest.old && state.ingest.state === "connected";
}

export function ingestUnrecoverable(state: ChannelState): boolean {
  const { old, error } = state.ingest;
  return !old && error !== null && unrecoverable[error.code] === true;
}

/** What is wrong with the picture of the wanted relay whose recorder runs; null if nothing that we know of. */
export function pictureMissing(state: ChannelState): "not_confirmed" | "ingest_lost" | "rtmp_disconnected" | null {
  const recorder = relayRecorder(state);
  if (state.relay === null || recorder === null) return null;
  if (!ingestConfirmed(state)) return state.relay.confirmedAt === null ? "not_confirmed" : "ingest_lost";
  const rtmp = liveRtmp(recorder);
  if (rtmp?.status === "disconnected") return "rtmp_disconnected";
  // A push that broke off is not back because it tries again. Cloudflare's later word is enough, since 100 may be lost.
  const triesAgain = rtmp?.status === "connecting" && rtmp.changed > state.ingest.changed;
  return triesAgain && state.relay.troubleAt !== null ? "rtmp_disconnected" : null;
}

/**
 * The on-air light: a host is present, the recorder runs, its push is not known to be broken (event 100 may be lost;
 * Cloudflare's word is enough), and Cloudflare receives it for this relay.
 */
export function isLive(state: ChannelState): boolean {
  const recorder = relayRecorder(state);
  return state.host.present && recorder?.state === "running" && pictureMissing(state) === null;
}
