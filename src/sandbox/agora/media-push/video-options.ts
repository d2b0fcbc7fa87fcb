import { z } from "zod";

/** `transcodeOptions.videoOptions` of a converter (Agora docs: media-push/reference/restful-type-definition). */

const int = (min: number, max: number) => z.number().int().min(min).max(max);

export const rtcUid = int(1, 2 ** 32 - 1);
const imageUrl = z.url({ protocol: /^https?$/ });
const fillMode = z.enum(["fill", "fit"]).optional();
const region = z.strictObject({
  xPos: int(0, 1920),
  yPos: int(0, 1920),
  zIndex: int(0, 100),
  width: int(1, 1920),
  height: int(1, 1920),
});
const rtcStreamView = z.strictObject({
  rtcStreamUid: rtcUid,
  region,
  fillMode,
  placeholderImageUrl: imageUrl.optional(),
});
const imageView = z.strictObject({ imageUrl, region, fillMode });

const seiOptions = z.strictObject({
  source: z
    .strictObject({
      metadata: z.boolean().optional(),
      datastream: z.boolean().optional(),
      customized: z
        .strictObject({ prefixForAgoraSei: z.string().max(32).optional(), payload: z.string().max(4096).optional() })
        .optional(),
    })
    .optional(),
  sink: z.strictObject({ type: z.number().int() }).optional(),
});

export const videoOptions = z
  .strictObject({
    canvas: z.strictObject({ width: int(66, 1920), height: int(66, 1920), color: int(0, 16_777_215).optional() }),
    layoutType: z.literal([0, 1]).optional(),
    layout: z
      .array(z.union([rtcStreamView, imageView], { error: "must be an RtcStreamView or an ImageView as documented" }))
      .optional(),
    vertical: z
      .strictObject({ maxResolutionUid: rtcUid.optional(), fillMode, refreshIntervalSec: int(1, 60).optional() })
      .optional(),
    defaultPlaceholderImageUrl: imageUrl.optional(),
    bitrate: int(1, 10_000),
    gop: z.number().int().min(1).optional(),
    frameRate: int(1, 30).optional(),
    codec: z.enum(["H.264", "H.265"]).optional(),
    // The samples write `High` and `high`.
    codecProfile: z
      .string()
      .regex(/^(high|baseline|main)$/i)
      .optional(),
    seiOptions: seiOptions.optional(),
  })
  .superRefine(({ canvas, layoutType, layout, vertical }, context) => {
    const wrong = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
    if (layoutType === 1 && vertical === undefined) wrong(["vertical"], "is required with layoutType 1");
    if (layoutType !== 1 && layout === undefined) wrong(["layout"], "is required unless layoutType is 1");
    for (const [index, { region }] of (layout ?? []).entries()) {
      const { xPos, yPos, width, height } = region;
      if (xPos + width > canvas.width || yPos + height > canvas.height) {
        wrong(["layout", index, "region"], "must lie inside the canvas");
      }
    }
  });
