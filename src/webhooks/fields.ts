import { z } from "zod";

/** A number, or one written as text: Agora's uids come both ways, its counters might. */
export const looseNumber = z.preprocess(
  (value) => (typeof value === "string" && /^-?\d{1,20}$/.test(value) ? Number(value) : value),
  z.number(),
);

/** An Agora uid: 32 bits, unsigned. Above them are the numbers that stand for people who were erased. */
export const looseUid = looseNumber.pipe(z.int().min(0).max(9_999_999_999));

/** A Unix time in seconds that a Date can hold, up to the year 9999. */
export const looseSeconds = looseNumber.pipe(
  z
    .number()
    .min(0)
    .max(Date.UTC(9999, 11, 31) / 1000),
);

/** Anything or nothing. */
export const anything = z.unknown().optional();

/** A number that isn't needed: null when missing or something else. */
export const optionalNumber = looseNumber.nullable().catch(null);

/** A text that isn't needed: empty when missing or something else. */
export const optionalText = z.string().catch("");

/** An object that isn't needed: empty when missing or something else. */
export function optionalObject<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess((value) => (isObject(value) ? value : {}), z.looseObject(shape));
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
