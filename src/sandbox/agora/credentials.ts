import type { Call } from "../http/index.ts";
import type { World } from "../world/index.ts";

/** Agora docs, RESTful authentication: Basic, with the customer ID and secret. */
export function hasCredentials({ settings: { agora } }: World, { headers }: Call): boolean {
  const expected = Buffer.from(`${agora.customerId}:${agora.customerSecret}`).toString("base64");
  return headers.authorization === `Basic ${expected}`;
}
