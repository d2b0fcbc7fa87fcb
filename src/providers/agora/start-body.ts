import type { RtmpUrl } from "../rtmp-url.ts";

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
  /** Pixels, 240 to 1920. Up to 1280x720 is billed as HD. */
  width: number;
  height: number;
  /** Folders below the storage's own prefix. Characters that Agora refuses are left out. */
  fileNamePrefix: readonly string[];
}

export interface RecordingStorage {
  /** Agora's number: 1 S3, 2 Alibaba, 3 Tencent, 5 Azure, 6 Google, 7 Huawei, 8 Baidu, 11 any other S3. */
  vendor: number;
  /** Agora's number, per vendor. */
  region: number;
  bucket: string;
  accessKey: string;
  secretKey: string;
  /** Only with vendor 11, and then required. */
  endpoint: string | null;
  /** First folder of every recording. */
  prefix: string | null;
}

/** Agora's number for "any other S3", which alone takes an endpoint. */
export const otherS3 = 11;

/** Cloudflare takes 2 to 14 Mbps. It is also Agora's default from 720p on; below that Agora's default is 1500. */
const videoBitrateKbps = 2_000;

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
export function startBody(input: StartInput, storage: RecordingStorage): object {
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
              videoWidth: input.width,
              videoHeight: input.height,
              videoBitrate: videoBitrateKbps,
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
      storageConfig: {
        vendor: storage.vendor,
        region: storage.region,
        bucket: storage.bucket,
        accessKey: storage.accessKey,
        secretKey: storage.secretKey,
        fileNamePrefix: fileNamePrefix([storage.prefix ?? "", ...input.fileNamePrefix]),
        ...(storage.vendor === otherS3 ? { extensionParams: { endpoint: storage.endpoint } } : {}),
      },
    },
  };
}

const longestPrefix = 128;

/**
 * Folders in the form that Agora takes: letters and digits only, 128 characters with their slashes (Agora docs:
 * cloud-recording/rest-api/start). Two names may become the same folder; the files in it still differ, since Agora
 * names them by recording id.
 */
function fileNamePrefix(parts: readonly string[]): string[] {
  let left = longestPrefix;
  const folders: string[] = [];
  for (const part of parts) {
    const folder = part.replace(/[^A-Za-z0-9]/g, "").slice(0, Math.max(left - 1, 0));
    if (folder === "") continue;
    folders.push(folder);
    left -= folder.length + 1;
  }
  return folders;
}
