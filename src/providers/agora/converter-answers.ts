import { z } from "zod";

import { pathSegment } from "../provider-http.ts";

/** Agora's words. What has `failed` is to be removed and created anew (Agora docs: media-push, integration-best-practices). */
export type ConverterState = "connecting" | "running" | "failed";

export interface Converter {
  converterId: string;
  name: string;
  /** Null if Agora doesn't say, or says it in words unknown to us. */
  state: ConverterState | null;
}

/** One page of a channel's converters. */
export interface ConverterPage {
  converters: Converter[];
  /** Null after the last page. */
  nextCursor: string | null;
}

const state = z.enum(["connecting", "running", "failed"]).nullable().catch(null);

/** Agora docs: media-push, restful-api, create. */
export const createdSchema = z.object({ converter: z.object({ id: pathSegment, state }) });

/** Get prints the converter's members bare with transcoding and within `converter` without it (same page). */
export const convertedSchema = z
  .union([z.object({ converter: z.object({ state }) }).transform(({ converter }) => converter), z.object({ state })])
  .transform(({ state }) => state);

/** Described as a string, and a number in the sample (same page, list). 0 is the end. */
const cursor = z
  .union([z.string(), z.number()])
  .transform(String)
  .transform((text) => (text === "" || text === "0" ? null : text));

const members = z.array(
  z
    .object({ converterId: pathSegment, converterName: z.string().catch(""), state })
    .transform(({ converterId, converterName, state }): Converter => ({ converterId, name: converterName, state })),
);

/** Strict: an answer without its list is not understood, unless it says that there is none. */
export const converterPageSchema: z.ZodType<ConverterPage> = z
  .object({
    success: z.literal(true),
    data: z.union([
      z.object({ members, cursor: cursor.nullable().default(null) }),
      z.object({ members: z.null().optional(), total_count: z.union([z.literal(0), z.literal("0")]) }),
    ]),
  })
  .transform(({ data }) => ({
    converters: data.members ?? [],
    nextCursor: "cursor" in data ? data.cursor : null,
  }));
