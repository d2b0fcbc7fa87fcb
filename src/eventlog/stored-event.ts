import type { NewEvent, Route } from "./new-event.ts";

export type EventSource = NewEvent["source"];

/**
 * `pending` waits to be folded; `applied` taught its channel something (or is a viewer's, kept for the day that the
 * viewer turns out to be a host); `ignored` and `unrecognised` say why in `note`; `failed` broke our code.
 */
export type EventStatus = "pending" | "applied" | "ignored" | "unrecognised" | "failed";

/** What folding needs of an event of the log. */
export interface FoldableEvent {
  id: number;
  source: EventSource;
  type: string;
  payload: unknown;
  raw: string | null;
  receivedAt: Date;
  status: EventStatus;
  note: string | null;
  /** The version of the channel that it was folded into, applied or not; null if it never was. */
  appliedVersion: number | null;
}

/** A row of the log. */
export interface StoredEvent extends FoldableEvent {
  dedupeKey: string;
  route: Route | null;
  channelId: number | null;
  /** The channel's name. */
  channel: string | null;
  occurredAt: Date | null;
  bodySha256: string | null;
  headers: Record<string, string> | null;
  appliedAt: Date | null;
  /** When a person was erased from it: its body is not what was received any more. */
  erasedAt: Date | null;
  /** Of the trace that brought it here, if that was traced: 32 hex digits. */
  traceId: string | null;
}

/** The columns of a `FoldableEvent`, of a table or query named `e`. */
export const foldableColumns = `e.id, e.source, e.type, e.payload, e.raw, e.received_at as "receivedAt", e.status,
  e.note, e.applied_version as "appliedVersion"`;

/** The columns of a `StoredEvent`, of events named `e` and their channels `c`. */
export const storedColumns = `${foldableColumns}, e.dedupe_key as "dedupeKey",
  case when e.route_kind is not null then jsonb_build_object('kind', e.route_kind, 'key', e.route_key) end as route,
  e.channel_id as "channelId", c.name as channel, e.occurred_at as "occurredAt", e.body_sha256 as "bodySha256",
  e.headers, e.applied_at as "appliedAt", e.erased_at as "erasedAt",
  split_part(e.trace ->> 'traceparent', '-', 2) as "traceId"`;
