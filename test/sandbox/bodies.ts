import type { AgoraClient, CloudflareClient } from "./clients.ts";

/** Bodies as the documents have them. */

export const instance = { cname: "shop_1", uid: "999001" };

export function acquireBody(clientRequest: object = {}) {
  return { ...instance, clientRequest: { scene: 1, resourceExpiredHour: 24, region: "EU", ...clientRequest } };
}

interface StartChanges {
  rtmpUrl?: string;
  page?: object;
  storage?: object;
  clientRequest?: object;
}

/** Agora docs, webpage-mode: a page recording with a push. */
export function startBody({ rtmpUrl = "rtmps://example.com/live/none", page, storage, clientRequest }: StartChanges) {
  return {
    ...instance,
    clientRequest: {
      extensionServiceConfig: {
        errorHandlePolicy: "error_abort",
        extensionServices: [
          {
            serviceName: "web_recorder_service",
            errorHandlePolicy: "error_abort",
            serviceParam: {
              url: "https://shop.example/stage/secret-page",
              audioProfile: 1,
              videoWidth: 1280,
              videoHeight: 720,
              maxRecordingHour: 12,
              ...page,
            },
          },
          {
            serviceName: "rtmp_publish_service",
            errorHandlePolicy: "error_ignore",
            serviceParam: { outputs: [{ rtmpUrl }] },
          },
        ],
      },
      recordingFileConfig: { avFileType: ["hls"] },
      storageConfig: {
        vendor: 1,
        region: 5,
        bucket: "shop",
        accessKey: "the-access-key",
        secretKey: "the-secret-key",
        fileNamePrefix: ["shop"],
        ...storage,
      },
      ...clientRequest,
    },
  };
}

export const stopBody = { ...instance, clientRequest: { async_stop: true } };

export const liveInputBody = {
  meta: { name: "shop_1", tallyChannel: "shop_1" },
  recording: { mode: "automatic", timeoutSeconds: 60 },
};

/** An input and the URL that an encoder pushes to. */
export async function createInput(cloudflare: CloudflareClient): Promise<{ uid: string; rtmpUrl: string }> {
  const { body } = await cloudflare.create(liveInputBody);
  const { uid, rtmps } = body.result;
  return { uid, rtmpUrl: rtmps.url + rtmps.streamKey };
}

/** Acquires and starts. */
export async function startRecorder(
  agora: AgoraClient,
  changes: StartChanges,
): Promise<{ resourceId: string; sid: string }> {
  const { resourceId } = (await agora.acquire(acquireBody())).body;
  const started = await agora.start(resourceId, startBody(changes));
  if (started.status !== 200) throw new Error(`start answered ${JSON.stringify(started.body)}`);
  return { resourceId, sid: started.body.sid };
}
