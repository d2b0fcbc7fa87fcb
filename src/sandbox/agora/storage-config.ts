import { z } from "zod";

import type { StorageUsed } from "../world/index.ts";

/** `storageConfig` of start and update (Agora docs: cloud-recording/rest-api/start and update). */

const s3 = 1;
const alibaba = 2;
const tencent = 3;
const s3Compatible = 11;

/** A longer number would be milliseconds. */
const unixSeconds = z.number().int().min(0).max(99_999_999_999);

export const storageConfig = z
  .strictObject({
    vendor: z.literal([s3, alibaba, tencent, 5, 6, 7, 8, s3Compatible]),
    region: z.number().int().min(0),
    bucket: z.string().min(1),
    accessKey: z.string().min(1),
    secretKey: z.string().min(1),
    stsToken: z.string().min(1).optional(),
    stsExpiration: unixSeconds.optional(),
    fileNamePrefix: z
      .array(z.string().regex(/^[A-Za-z0-9]+$/, { error: "only letters and digits are supported" }))
      .refine((parts) => parts.join("/").length <= 128, { error: "at most 128 characters with slashes" })
      .default([]),
    extensionParams: z
      .strictObject({
        sse: z.enum(["kms", "aes256"]).optional(),
        tag: z.string().optional(),
        endpoint: z.string().min(1).optional(),
      })
      .optional(),
  })
  .superRefine(({ vendor, extensionParams = {}, stsToken, stsExpiration }, context) => {
    const { endpoint, sse, tag } = extensionParams;
    const wrong = (member: string, message: string) => context.addIssue({ code: "custom", path: [member], message });
    if (vendor === s3Compatible && endpoint === undefined) wrong("extensionParams", "vendor 11 needs the endpoint");
    if (vendor !== s3Compatible && endpoint !== undefined) wrong("extensionParams", "the endpoint is for vendor 11");
    if (vendor !== s3 && sse !== undefined) wrong("extensionParams", "sse is for vendor 1");
    if (vendor !== s3 && vendor !== alibaba && tag !== undefined) {
      wrong("extensionParams", "tag is for vendors 1 and 2");
    }
    if ((stsToken === undefined) !== (stsExpiration === undefined)) {
      wrong("stsExpiration", "stsToken and stsExpiration are needed together");
    }
    if (stsToken !== undefined && vendor !== s3 && vendor !== alibaba && vendor !== tencent) {
      wrong("stsToken", "is supported for vendors 1, 2 and 3");
    }
    if (stsExpiration !== undefined && stsExpiration * 1000 <= Date.now()) wrong("stsExpiration", "is past");
  });

/** What the record keeps of it. */
export function storageUsed({ vendor, stsExpiration }: z.infer<typeof storageConfig>): StorageUsed {
  return stsExpiration === undefined
    ? { vendor, credentials: "permanent", expiresAt: null }
    : { vendor, credentials: "temporary", expiresAt: stsExpiration * 1000 };
}
