import { z } from "zod";

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

const s3Compatible = 11;

export const storageConfig = z
  .strictObject({
    vendor: z.literal([1, 2, 3, 5, 6, 7, 8, s3Compatible]),
    region: z.number().int().min(0),
    bucket: z.string().min(1),
    accessKey: z.string().min(1),
    secretKey: z.string().min(1),
    stsToken: z.string().optional(),
    stsExpiration: z.number().int().optional(),
    fileNamePrefix: z
      .array(z.string().regex(/^[A-Za-z0-9]+$/, { error: "only letters and digits are supported" }))
      .refine((parts) => parts.join("/").length <= 128, { error: "at most 128 characters with slashes" })
      .default([]),
    extensionParams: z
      .strictObject({ sse: z.string().optional(), tag: z.string().optional(), endpoint: z.string().optional() })
      .optional(),
  })
  .refine(({ vendor, extensionParams }) => vendor !== s3Compatible || extensionParams?.endpoint !== undefined, {
    error: "vendor 11 needs extensionParams.endpoint",
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
