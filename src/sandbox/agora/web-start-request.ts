import { z } from "zod";

import { storageConfig } from "./storage-config.ts";

/**
 * `clientRequest` of a start in web mode, also of acquire's `startParameter` (Agora docs: cloud-recording/rest-api/start,
 * develop/webpage-mode). `recordingConfig` is for the other modes and refused here.
 */

const int = (min: number, max: number) => z.number().int().min(min).max(max);

export const rtmpOutputs = z
  .array(
    z.strictObject({
      rtmpUrl: z.string().refine((url) => /^rtmps?:\/\/\S+$/i.test(url), {
        error: "only RTMP and RTMPS addresses are supported",
      }),
    }),
  )
  .min(1)
  .max(1, { error: "a maximum of one output is supported" });

const webRecorderService = z.strictObject({
  serviceName: z.literal("web_recorder_service"),
  errorHandlePolicy: z.literal("error_abort").optional(),
  serviceParam: z
    .strictObject({
      url: z.url({ protocol: /^https?$/ }),
      audioProfile: int(0, 2),
      videoWidth: int(240, 1920),
      videoHeight: int(240, 1920),
      maxRecordingHour: int(1, 720),
      videoBitrate: int(50, 8000).optional(),
      videoFps: int(5, 60).optional(),
      mobile: z.boolean().optional(),
      maxVideoDuration: int(30, 240).optional(),
      onhold: z.boolean().default(false),
      readyTimeout: int(0, 60).optional(),
    })
    .refine(({ videoWidth, videoHeight }) => videoWidth * videoHeight <= 1920 * 1080, {
      error: "videoWidth times videoHeight must not exceed 1920 x 1080",
    }),
});

const rtmpPublishService = z.strictObject({
  serviceName: z.literal("rtmp_publish_service"),
  errorHandlePolicy: z.literal("error_ignore").optional(),
  serviceParam: z.strictObject({ outputs: rtmpOutputs }),
});

export const webStartRequest = z.strictObject({
  token: z.string().optional(),
  extensionServiceConfig: z.strictObject({
    errorHandlePolicy: z.literal("error_abort").optional(),
    extensionServices: z
      .array(z.discriminatedUnion("serviceName", [webRecorderService, rtmpPublishService]))
      .refine((services) => count(services, "web_recorder_service") === 1, {
        error: "web_recorder_service is required, once",
      })
      .refine((services) => count(services, "rtmp_publish_service") <= 1, {
        error: "rtmp_publish_service is supported once",
      }),
  }),
  recordingFileConfig: z
    .strictObject({
      avFileType: z
        .array(z.enum(["hls", "mp4"]))
        .refine((types) => types[0] === "hls" && types.length <= 2 && new Set(types).size === types.length, {
          error: 'must be ["hls"] or ["hls","mp4"]',
        }),
    })
    .default({ avFileType: ["hls"] }),
  storageConfig,
});
export type WebStartRequest = z.infer<typeof webStartRequest>;

function count(services: { serviceName: string }[], name: string): number {
  return services.filter(({ serviceName }) => serviceName === name).length;
}
