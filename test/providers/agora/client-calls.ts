/**
 * How Agora's own clients make the calls that Tally makes: method, path, and the body in the order and spelling of their
 * types, with values of ours. Read from their sources on GitHub, of AgoraIO-Community: agora-rest-client-go
 * (services/cloudrecording), agora-rest-client-nodejs (src/services/cloudrecording) and, for Media Push, which neither
 * of them has, agora-go-backend-middleware (rtmp_service).
 */
export interface ClientCall {
  client: "go" | "nodejs" | "middleware";
  operation: string;
  method: string;
  url: string;
  /** Undefined: none. */
  body?: unknown;
  /** What the client reads as success. */
  answer: unknown;
  /** Members that we spell, fill or leave out otherwise, and why. */
  differs?: Readonly<Record<string, string>>;
}

const appId = "0123456789abcdef0123456789abcdef";
const recording = `/v1/apps/${appId}/cloud_recording`;
const resource = `${recording}/resourceid/JyvK8nXH`;
const running = `${resource}/sid/38f8e3cf/mode/web`;
const names = { cname: "shoes", uid: "999042" };
const ids = { ...names, resourceId: "JyvK8nXH", sid: "38f8e3cf" };
const rtmpUrl = "rtmps://live.example.com:443/live/key";

const storageConfig = {
  vendor: 1,
  region: 0,
  bucket: "shows",
  accessKey: "storage-key",
  secretKey: "storage-secret",
  fileNamePrefix: ["tally", "427"],
};
const waits = "optional; ours waits for the first picture of its page";
const pageParam = {
  url: "https://tally.example/stage/token",
  audioProfile: 1,
  videoWidth: 1280,
  videoHeight: 720,
  videoFps: 30,
  maxRecordingHour: 12,
};
const startBody = (serviceParam: object) => ({
  ...names,
  clientRequest: {
    recordingFileConfig: { avFileType: ["hls"] },
    storageConfig,
    extensionServiceConfig: {
      errorHandlePolicy: "error_abort",
      extensionServices: [
        { serviceName: "web_recorder_service", errorHandlePolicy: "error_abort", serviceParam },
        {
          serviceName: "rtmp_publish_service",
          errorHandlePolicy: "error_ignore",
          serviceParam: { outputs: [{ rtmpUrl }] },
        },
      ],
    },
  },
});
const ofPage = "clientRequest.extensionServiceConfig.extensionServices.0.serviceParam";
const region = {
  "clientRequest.region": "as in the docs (rest-api/acquire), which know no `regionAffinity`",
  "clientRequest.regionAffinity": "not in the docs",
};

const serverResponse = {
  status: 4,
  extensionServiceState: [
    {
      serviceName: "web_recorder_service",
      payload: { state: "inProgress", onhold: false, fileList: [{ filename: "a.m3u8", sliceStartTime: 1735035893 }] },
    },
    {
      serviceName: "rtmp_publish_service",
      payload: { state: "inProgress", outputs: [{ rtmpUrl, status: "publishing" }] },
    },
  ],
};
const stopped = {
  extensionServiceState: [
    { serviceName: "web_recorder_service", playload: { fileList: [], onhold: false, state: "exit" } },
    { serviceName: "upload_service", playload: { uploadingStatus: "uploaded" } },
  ],
};

const web = (client: "go" | "nodejs"): ClientCall[] => [
  {
    client,
    operation: "acquire",
    method: "POST",
    url: `${recording}/acquire`,
    body: { ...names, clientRequest: { scene: 1, resourceExpiredHour: 13, regionAffinity: 1 } },
    answer: { resourceId: "JyvK8nXH" },
    differs: region,
  },
  { client, operation: "query", method: "GET", url: `${running}/query`, answer: { ...ids, serverResponse } },
  {
    client,
    operation: "update",
    method: "POST",
    url: `${running}/update`,
    body: {
      ...names,
      clientRequest: { webRecordingConfig: { onhold: false }, rtmpPublishConfig: { outputs: [{ rtmpUrl }] } },
    },
    answer: ids,
    differs: { "clientRequest.webRecordingConfig.onhold": "optional, and says what is so already" },
  },
  {
    client,
    operation: "stop",
    method: "POST",
    url: `${running}/stop`,
    body: { ...names, clientRequest: { async_stop: true } },
    answer: { ...ids, serverResponse: stopped },
  },
];

const converters = `/na/v1/projects/${appId}/rtmp-converters`;
const converter = { id: "c0ffee00", createTs: 1735035893, updateTs: 1735035893, state: "connecting" };
const answerOfConverter = { converter, fields: "id,createTs,updateTs,state" };
/** As the middleware types it. */
const layout = [
  { rtcStreamUid: "501", region: { xPos: 0, yPos: 0, zIndex: 1, width: 1280, height: 720 }, fillMode: "fit" },
];
const uidIsNumber = "a number in the docs and in every sample of them (media-push/reference/restful-type-definition)";

export const clientCalls: readonly ClientCall[] = [
  ...web("go"),
  ...web("nodejs"),
  {
    client: "go",
    operation: "start",
    method: "POST",
    url: `${resource}/mode/web/start`,
    body: startBody({ ...pageParam, VideoBitrate: 2_500, onhold: false, readyTimeout: 0 }),
    answer: ids,
    differs: {
      [`${ofPage}.VideoBitrate`]: "so spelt in this client alone",
      [`${ofPage}.videoBitrate`]: "as in the docs (rest-api/start) and in the other clients",
      [`${ofPage}.onhold`]: "optional, the default",
      [`${ofPage}.readyTimeout`]: waits,
    },
  },
  {
    client: "nodejs",
    operation: "start",
    method: "POST",
    url: `${resource}/mode/web/start`,
    body: startBody({ ...pageParam, videoBitrate: 2_500 }),
    answer: ids,
    differs: { [`${ofPage}.readyTimeout`]: waits },
  },
  {
    client: "middleware",
    operation: "create_converter",
    method: "POST",
    url: converters,
    body: {
      converter: {
        name: "7_42_1",
        transcodeOptions: {
          rtcChannel: "shoes",
          audioOptions: { codecProfile: "LC-AAC", sampleRate: 48_000, bitrate: 48, audioChannels: 1 },
          videoOptions: {
            canvas: { width: 1280, height: 720 },
            layout,
            codec: "H.264",
            codecProfile: "high",
            frameRate: 30,
            gop: 60,
            bitrate: 2_500,
          },
        },
        rtmpUrl,
        idleTimeOut: 300,
      },
    },
    answer: answerOfConverter,
    differs: {
      "converter.transcodeOptions.audioOptions": "empty: the defaults are these (restful-type-definition)",
      "converter.transcodeOptions.audioOptions.codecProfile": "the default",
      "converter.transcodeOptions.audioOptions.sampleRate": "the default",
      "converter.transcodeOptions.audioOptions.bitrate": "the default",
      "converter.transcodeOptions.audioOptions.audioChannels": "the default",
      "converter.transcodeOptions.videoOptions.layoutType": "in the docs (restful-api, create); 0 is the default",
      "converter.transcodeOptions.videoOptions.layout.0.rtcStreamUid": uidIsNumber,
    },
  },
  {
    client: "middleware",
    operation: "update_converter",
    method: "PATCH",
    url: `${converters}/c0ffee00?sequence=3`,
    body: { converter: { transcodeOptions: { videoOptions: { layout } } } },
    answer: { converter: { ...converter, state: "running" }, fields: "id,createTs,updateTs,state" },
    differs: {
      fields: "in the docs' sample (restful-api, update): names what changes",
      "converter.transcodeOptions.videoOptions.layout.0.rtcStreamUid": uidIsNumber,
    },
  },
  {
    client: "middleware",
    operation: "remove_converter",
    method: "DELETE",
    url: `${converters}/c0ffee00`,
    answer: null,
  },
];
