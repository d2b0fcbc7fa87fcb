import { z } from "zod";

import { channelNamePattern } from "../../world/index.ts";
import { rtcUid, videoOptions } from "./video-options.ts";

/** `converter` of a create, and what one must still be after an update (Agora docs: media-push/develop/restful-api). */

const rtcChannel = z
  .string()
  .regex(channelNamePattern, { error: "must have 1 to 64 characters of those that Agora allows" });

const audioOptions = z
  .strictObject({
    codecProfile: z.enum(["LC-AAC", "HE-AAC"]).optional(),
    sampleRate: z.literal([32_000, 44_100, 48_000]).optional(),
    bitrate: z.number().int().min(32).max(128).optional(),
    audioChannels: z.literal([1, 2]).optional(),
    rtcStreamUids: z.array(rtcUid).optional(),
    volumes: z.array(z.strictObject({ rtcStreamUid: rtcUid, volume: z.number().int().min(0).max(200) })).optional(),
  })
  .refine(({ rtcStreamUids = [], volumes = [] }) => volumes.every((one) => rtcStreamUids.includes(one.rtcStreamUid)), {
    path: ["volumes"],
    error: "each rtcStreamUid must be one of rtcStreamUids",
  });

const idleTimeout = z.number().int().min(1).optional();

export const converterBody = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9_-]{0,64}$/, { error: "at most 64 of A-Z, a-z, 0-9, - and _" })
      .default(""),
    rawOptions: z.strictObject({ rtcChannel, rtcStreamUid: rtcUid }).optional(),
    transcodeOptions: z
      .strictObject({
        rtcChannel,
        // Agora docs, media-push best practices: null where nothing is to be set; elsewhere {}.
        audioOptions: audioOptions
          .nullable()
          .transform((options) => options ?? {})
          .optional(),
        videoOptions: videoOptions.optional(),
      })
      .refine((options) => options.audioOptions !== undefined || options.videoOptions !== undefined, {
        error: "audioOptions, videoOptions or both are required",
      })
      .optional(),
    rtmpUrl: z
      .string()
      .max(1024)
      .regex(/^rtmps?:\/\/\S+$/i, { error: "must be an RTMP or RTMPS address" }),
    // The table has the one spelling, the samples have the other.
    idleTimeOut: idleTimeout,
    idleTimeout,
    jitterBufferSizeMs: z.number().int().min(0).max(1000).optional(),
  })
  .refine(({ rawOptions, transcodeOptions }) => (rawOptions === undefined) !== (transcodeOptions === undefined), {
    path: ["transcodeOptions"],
    error: "either rawOptions or transcodeOptions is required, not both",
  })
  .refine((converter) => converter.idleTimeOut === undefined || converter.idleTimeout === undefined, {
    path: ["idleTimeout"],
    error: "idleTimeOut and idleTimeout are the same",
  })
  .transform(({ idleTimeOut, idleTimeout, ...converter }) => ({
    ...converter,
    idleTimeout: idleTimeOut ?? idleTimeout ?? 300,
  }));
