import { z } from "zod";

/** A whole number, or null for whatever else: Agora's lists print some of theirs as strings. */
export const looseInteger = z
  .union([
    z.int(),
    z
      .string()
      .regex(/^\d{1,9}$/)
      .transform(Number),
  ])
  .nullable()
  .catch(null);
