import { deliveryBase } from "../settings.ts";
import { type LiveInput, microseconds, rtmpsUrl, type World } from "../world/index.ts";

/** A live input with its credentials and status, as create, get and update answer (Cloudflare docs: start-stream-live). */
export function describeLiveInput(input: LiveInput, { settings, clocks }: World): object {
  const { uid, streamKey, config } = input;
  const { defaultCreator, ...shown } = config;
  const customer = deliveryBase(settings);
  const rtmps = { url: rtmpsUrl, streamKey };
  const srt = { url: "srt://live.cloudflare.com:778", streamId: uid, passphrase: streamKey };
  return {
    ...listLiveInput(input),
    ...shown,
    ...(defaultCreator === null ? {} : { defaultCreator }),
    rtmps,
    rtmpsPlayback: rtmps,
    srt,
    srtPlayback: srt,
    webRTC: { url: `${customer}/${streamKey}/webRTC/publish` },
    webRTCPlayback: { url: `${customer}/${uid}/webRTC/play` },
    status: statusOf(input, settings.statusShape, new Date(clocks.cloudflare())),
  };
}

/** A live input in a list: no credentials, no status. */
export function listLiveInput({ uid, createdAt, modifiedAt, config }: LiveInput): object {
  const { meta, enabled, deleteRecordingAfterDays } = config;
  return {
    uid,
    created: microseconds(createdAt),
    modified: microseconds(modifiedAt),
    meta,
    enabled,
    deleteRecordingAfterDays,
  };
}

/** The SDK's words for the wire's states. */
const sdkWords = { connected: "connected", disconnected: "client_disconnect", errored: "failed_to_connect" } as const;

function statusOf({ status }: LiveInput, shape: World["settings"]["statusShape"], seenAt: Date): unknown {
  if (status === null || shape === "null") return null;
  if (shape === "string") return sdkWords[status.state];
  const { state, reason, enteredAt } = status;
  return {
    current: {
      state,
      reason,
      ingestProtocol: "rtmp",
      statusEnteredAt: new Date(enteredAt).toISOString(),
      statusLastSeen: seenAt.toISOString(),
    },
  };
}
