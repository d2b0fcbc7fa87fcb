import { z } from "zod";

import type { StoredEvent } from "../eventlog/index.ts";

/** A line of an exported log: a channel comes before the first of its events. */
export type LogLine = ChannelLine | EventLine;

const time = z.iso.datetime().transform((text) => new Date(text));
const id = z.int().min(1).max(2_147_483_647);

const channelLine = z.strictObject({
  kind: z.literal("channel"),
  /** Part of decisions' keys, sessions' ids and our own uids: it stays the same wherever the log goes. */
  id,
  name: z.string().min(1).max(64),
  hostUserId: z.string().nullable(),
  hostUid: z.int().nullable(),
  relayMode: z.enum(["cloud-recording", "media-push"]).nullable(),
});

const eventLine = z.strictObject({
  kind: z.literal("event"),
  source: z.enum(["agora", "cloudflare", "operator", "tally"]),
  dedupeKey: z.string().min(1),
  type: z.string().min(1),
  route: z.strictObject({ kind: z.enum(["channel", "live_input", "converter", "video"]), key: z.string() }).nullable(),
  channelId: id.nullable(),
  occurredAt: time.nullable(),
  receivedAt: time,
  status: z.enum(["pending", "applied", "ignored", "unrecognised", "failed"]),
  note: z.string().nullable(),
  /** The version of the channel that it was folded into: its place in the channel's history. */
  appliedVersion: z.int().min(0).nullable(),
  payload: z.json(),
  raw: z.string().nullable(),
  bodySha256: z.string().nullable(),
  headers: z.record(z.string(), z.string()).nullable(),
});

const logLine = z.discriminatedUnion("kind", [channelLine, eventLine], {
  error: 'kind: neither "channel" nor "event"',
});

export type ChannelLine = z.output<typeof channelLine>;
export type EventLine = z.output<typeof eventLine>;

/** @returns the line, or what is wrong with it, for people */
export function readLogLine(text: string): { line: LogLine } | { problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: "it is no JSON" };
  }
  const read = logLine.safeParse(value);
  if (read.success) return { line: read.data };
  const [issue] = read.error.issues;
  return { problem: [issue?.path.join("."), issue?.message].filter((word) => word !== "").join(": ") };
}

/** An event as a line of NDJSON. What traced it here says nothing elsewhere. */
export function toEventLine(event: StoredEvent): string {
  const { id: _, channel: __, appliedAt: ___, erasedAt: ____, traceId: _____, ...kept } = event;
  return `${JSON.stringify({ kind: "event", ...kept })}\n`;
}

export function toChannelLine(channel: Omit<ChannelLine, "kind">): string {
  return `${JSON.stringify({ kind: "channel", ...channel })}\n`;
}
