import { z } from "zod";

import { type Call, explain } from "../http/index.ts";
import type { LiveInputConfig } from "../world/index.ts";
import { refusals } from "./envelope.ts";
import { readJson } from "./read-json.ts";

/**
 * The body that creates or updates a live input (Cloudflare docs: start-stream-live). Cloudflare ignores members that it
 * doesn't know, as `deleteRecordingAfterDays` inside `recording`; here they are refused, since that hides mistakes.
 */
const liveInputBody = z
  .strictObject({
    meta: z.record(z.string(), z.unknown()),
    enabled: z.boolean(),
    preferLowLatency: z.boolean(),
    deleteRecordingAfterDays: z
      .number()
      .int()
      .min(30, { error: "must be between 30 and 1096 days" })
      .max(1096, { error: "must be between 30 and 1096 days" })
      .nullable(),
    defaultCreator: z.string(),
    recording: z
      .strictObject({
        mode: z.enum(["off", "automatic"]),
        timeoutSeconds: z.number().int().min(0).max(86_400).nullable(),
        requireSignedURLs: z.boolean(),
        allowedOrigins: z.array(z.string()).nullable(),
        hideLiveViewerCount: z.boolean(),
      })
      .partial(),
  })
  .partial();

const defaults: LiveInputConfig = {
  meta: {},
  enabled: true,
  preferLowLatency: false,
  deleteRecordingAfterDays: null,
  defaultCreator: null,
  recording: {
    mode: "off",
    timeoutSeconds: null,
    requireSignedURLs: false,
    allowedOrigins: null,
    hideLiveViewerCount: false,
  },
};

/**
 * @param before - what the body's omitted members keep; none for a new input
 * @throws Refused with code 10060 and what is wrong
 */
export function readLiveInput(call: Call, before: LiveInputConfig = defaults): LiveInputConfig {
  const result = liveInputBody.safeParse(readJson(call.text));
  if (!result.success) throw refusals.badValue(explain(result.error));
  const { recording, ...rest } = result.data;
  const after = overlay(before, rest);
  if (!recording) return after;
  // Zero is the platform's default, and echoed as null.
  const timeoutSeconds = recording.timeoutSeconds === 0 ? null : recording.timeoutSeconds;
  return { ...after, recording: overlay(before.recording, { ...recording, timeoutSeconds }) };
}

/** `before`, with the members that `change` sets. */
function overlay<T extends object>(before: T, change: { [Key in keyof T]?: T[Key] | undefined }): T {
  const set = Object.entries(change).filter(([, value]: [string, unknown]) => value !== undefined);
  return { ...before, ...Object.fromEntries(set) };
}
