import { randomUUID } from "node:crypto";

import type { OperatorEvent } from "../live/index.ts";
import type { EventRow } from "./insert-events.ts";

/**
 * What the app or an operator asks of a channel, as an event. No two are the same: who asks twice means it twice.
 *
 * @param by - who asks, as lists show them; kept beside the event, which means the same whoever asks
 */
export function operatorEvent(channel: { id: number; name: string }, event: OperatorEvent, by: string): EventRow {
  return {
    source: "operator",
    dedupeKey: randomUUID(),
    type: event.type,
    route: { kind: "channel", key: channel.name },
    channelId: channel.id,
    occurredAt: null,
    payload: { ...event, by },
    raw: null,
    bodySha256: null,
    headers: null,
  };
}
