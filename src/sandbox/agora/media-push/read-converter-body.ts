import type { z } from "zod";

import { type Call, explain } from "../../http/index.ts";
import type { World } from "../../world/index.ts";
import { refusals } from "./refusals.ts";

/** @throws Refused with 400 if the body isn't JSON, isn't said to be, or isn't what is documented */
export function readConverterBody<T>(world: World, call: Call, schema: z.ZodType<T>): T {
  const refuse = refusals(world);
  if (!/^application\/json(;|$)/i.test(call.headers["content-type"] ?? "")) {
    throw refuse.invalid("Content-Type", "must be application/json");
  }
  let body: unknown;
  try {
    body = JSON.parse(call.text);
  } catch {
    throw refuse.invalid("body", "is not JSON");
  }
  return valid(world, body, schema);
}

/** @throws Refused with 400, which names the first parameter that is wrong */
export function valid<T>(world: World, value: unknown, schema: z.ZodType<T>): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const parameter = result.error.issues[0]?.path.map(String).join(".") ?? "";
  throw refusals(world).invalid(parameter === "" ? "body" : parameter, explain(result.error));
}
