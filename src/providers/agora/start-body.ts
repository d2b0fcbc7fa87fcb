import type { Picture } from "../picture.ts";
import type { RtmpUrl } from "../rtmp-url.ts";
import type { StorageGrant } from "../storage/storage-grant.ts";

export interface StartInput {
  channel: string;
  /** The uid that the resource was acquired for. */
  uid: number;
  resourceId: string;
  /** The page to record. Carries a token, so it is kept out of logs and errors. */
  pageUrl: string;
  rtmpUrl: RtmpUrl;
  /** Hours, 1 to 720: Agora ends the recording then. The backstop, since nothing else ends it (no idle stop). */
  maxRecordingHour: number;
  picture: Picture;
  storage: StorageGrant;
}

/** 48 kHz, mono, about 128 kbps: the lowest profile, 48 kbps, spoils music. */
const audioProfile = 1;

/**
 * The page says when its picture is there (`navigator.notifyReady`), 10 s after its join at the latest. Agora loads it
 * again if it doesn't within so many seconds, and the second time gives up (Agora docs: cloud-recording/rest-api/start,
 * `readyTimeout`, 0 to 60).
 */
const readyTimeoutSeconds = 30;

/**
 * The body of `start` in web-page mode with a push, as documented: no `token` and no `recordingConfig`, which belong to
 * the other modes, and storage, which is required (Agora docs: cloud-recording/develop/webpage-mode and
 * rest-api/start). HLS files only: MP4 would be made besides, and the replay comes from Cloudflare.
 */
export function startBody(input: StartInput): object {
  return {
    cname: input.channel,
    uid: String(input.uid),
    clientRequest: {
      extensionServiceConfig: {
        errorHandlePolicy: "error_abort",
        extensionServices: [
          {
            serviceName: "web_recorder_service",
            errorHandlePolicy: "error_abort",
            serviceParam: {
              url: input.pageUrl,
              audioProfile,
              videoWidth: input.picture.width,
              videoHeight: input.picture.height,
              videoFps: input.picture.fps,
              videoBitrate: input.picture.bitrateKbps,
              maxRecordingHour: input.maxRecordingHour,
              readyTimeout: readyTimeoutSeconds,
            },
          },
          {
            serviceName: "rtmp_publish_service",
            // The only policy there is: a dead push does not end the recording.
            errorHandlePolicy: "error_ignore",
            serviceParam: { outputs: [{ rtmpUrl: input.rtmpUrl.reveal() }] },
          },
        ],
      },
      recordingFileConfig: { avFileType: ["hls"] },
      storageConfig: input.storage.reveal(),
    },
  };
}
