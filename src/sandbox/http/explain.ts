import type { z } from "zod";

/**
 * One sentence about everything that is wrong with a body.
 *
 * @param error - from `safeParse`
 */
export function explain(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.map(String).join(".")}: ${message}`))
    .join("; ");
}
