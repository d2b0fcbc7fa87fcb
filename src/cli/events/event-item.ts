import type { StoredEvent } from "../../eventlog/index.ts";
import { describeType } from "../../webhooks/index.ts";

/** An event as it is shown. */
export interface EventItem {
  id: number;
  source: string;
  type: string;
  status: string;
  channel: string | null;
  occurredAt: Date | null;
  receivedAt: Date;
  note: string | null;
}

export function toEventItem(event: StoredEvent): EventItem {
  const { id, source, type, status, occurredAt, receivedAt, note } = event;
  return { id, source, type, status, channel: channelOf(event), occurredAt, receivedAt, note };
}

/** Of an event whose channel nobody knows yet, the name that it came with. */
function channelOf({ channel, route }: StoredEvent): string | null {
  return channel ?? (route?.kind === "channel" ? route.key : null);
}

/** The type and what it means: `rtc.103 host joined`. */
export function describeEvent({ type }: Pick<EventItem, "type">): string {
  const description = describeType(type);
  return description === type ? type : `${type} ${description}`;
}
