import {
  type EventFilter,
  type EventSource,
  type EventStatus,
  listEvents,
  type StoredEvent,
  type Tables,
} from "../eventlog/index.ts";
import { describeType, noteBeside } from "../webhooks/index.ts";

/** An event as operators are shown it. Times are ISO 8601. */
export interface EventItem {
  id: number;
  source: EventSource;
  type: string;
  /** What the type means; a type of our own describes itself. */
  description: string;
  status: EventStatus;
  channel: string | null;
  /** By the sender's clock; null if it told none. */
  occurredAt: string | null;
  receivedAt: string;
  note: string | null;
}

/** Everything about one event. */
export interface EventDetail extends EventItem {
  dedupeKey: string;
  route: StoredEvent["route"];
  /** The body's JSON; null beside `raw`. */
  payload: unknown;
  /** The body, if it was no JSON. */
  raw: string | null;
  headers: Record<string, string> | null;
  bodySha256: string | null;
  appliedAt: string | null;
  appliedVersion: number | null;
  /** When a person was erased from it: `bodySha256` is of the body as it was received. */
  erasedAt: string | null;
  /** By which a tracing system finds what came of it; null if it wasn't traced. */
  traceId: string | null;
}

/** The newest events that fit the filter, newest first. */
export async function listEventItems(tables: Tables, filter: EventFilter): Promise<EventItem[]> {
  return (await listEvents(tables, filter)).map(toEventItem);
}

export function toEventItem(event: StoredEvent): EventItem {
  const { id, source, type, status, occurredAt, receivedAt, note } = event;
  return {
    id,
    source,
    type,
    description: describeType(type),
    status,
    channel: channelOf(event),
    occurredAt: occurredAt?.toISOString() ?? null,
    receivedAt: receivedAt.toISOString(),
    note: noteBeside(type, note),
  };
}

export function toEventDetail(event: StoredEvent): EventDetail {
  const { dedupeKey, route, payload, raw, headers, bodySha256, appliedAt, appliedVersion, erasedAt, traceId } = event;
  return {
    ...toEventItem(event),
    dedupeKey,
    route,
    payload,
    raw,
    headers,
    bodySha256,
    appliedAt: appliedAt?.toISOString() ?? null,
    appliedVersion,
    erasedAt: erasedAt?.toISOString() ?? null,
    traceId,
  };
}

/** Of an event whose channel nobody knows yet, the name that it came with. */
function channelOf({ channel, route }: StoredEvent): string | null {
  return channel ?? (route?.kind === "channel" ? route.key : null);
}
