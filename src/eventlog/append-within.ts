import type { Knex } from "knex";

import { type EventRow, insertEvents } from "./insert-events.ts";
import type { Appended } from "./new-event.ts";
import { storable } from "./storable.ts";

/**
 * Appends events as part of a transaction: decisions, outcomes, what an operator asks for. Whoever commits it advances
 * the channel afterwards. Ids are in the order given, which is the order in which a rebuild folds them.
 *
 * @param events - with their channel's id; `receivedAt`, `status` and `appliedVersion` only for what is folded in the
 *   same transaction
 */
export function appendWithin(trx: Knex.Transaction, schema: string, events: readonly EventRow[]): Promise<Appended[]> {
  return insertEvents(trx, schema, events.map(acceptable));
}

/** A provider's words may hold what `jsonb` refuses, and here an error would end the transaction. */
function acceptable(event: EventRow): EventRow {
  return /\\u(0000|d[89a-f])/i.test(JSON.stringify(event.payload ?? null)) ? { ...event, ...storable(event) } : event;
}
