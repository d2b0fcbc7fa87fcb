import type { z } from "zod";

import { type Call, explain } from "../http/index.ts";
import { refusals } from "./refusals.ts";

/**
 * @param operation - begins the reason, as in `Acquire: invalid resourceExpiredHour value!`
 * @returns the body, as the documents have it
 * @throws Refused with code 8 if it isn't JSON at all, with code 2 if it isn't what is documented
 */
export function readBody<T>(call: Call, operation: string, schema: z.ZodType<T>): T {
  // Agora docs, common-errors: code 8 for a wrong content type and for what is no JSON.
  if (!/^application\/json(;|$)/i.test(call.headers["content-type"] ?? "")) {
    throw refusals.badRequestFormat(`${operation}: Content-Type must be application/json;charset=utf-8`);
  }
  let body: unknown;
  try {
    body = JSON.parse(call.text);
  } catch {
    throw refusals.badRequestFormat(`${operation}: the request is not valid JSON`);
  }
  const result = schema.safeParse(body);
  if (!result.success) throw refusals.invalidParameter(`${operation}: ${explain(result.error)}`);
  return result.data;
}
