import { z } from "zod";

export type IngestState = "connected" | "disconnected" | "errored" | "unknown";

/**
 * A live input's state, whichever way it is told: null (nobody connected yet), a word (Cloudflare's API reference), or
 * `{current: {state}}` (the docs of its event queue, and what real accounts answer).
 */
export function ingestState(status: unknown): IngestState {
  if (status === null) return "disconnected";
  const word = statusWordSchema.safeParse(status);
  return word.success ? (states.get(word.data) ?? "unknown") : "unknown";
}

const statusWordSchema = z.union([
  z.string(),
  z.object({ current: z.object({ state: z.string() }) }).transform(({ current }) => current.state),
]);

const states: ReadonlyMap<string, IngestState> = new Map([
  ["connected", "connected"],
  ["reconnected", "connected"],
  // Said of a connection that goes on with other settings.
  ["new_configuration_accepted", "connected"],
  ["disconnected", "disconnected"],
  // The connection is lost and Cloudflare waits for it to come back: no picture arrives meanwhile.
  ["reconnecting", "disconnected"],
  ["client_disconnect", "disconnected"],
  ["ttl_exceeded", "disconnected"],
  ["failed_to_connect", "disconnected"],
  ["failed_to_reconnect", "disconnected"],
  ["errored", "errored"],
]);
