import { randomUUID } from "node:crypto";

import type { Knex } from "knex";

import { appendWithin } from "../../eventlog/index.ts";
import type { OperatorEvent } from "../../live/index.ts";

/** Appends what an operator asks of a channel. Whoever commits it advances the channel afterwards. */
export async function askFor(
  trx: Knex.Transaction,
  schema: string,
  channel: { id: number; name: string },
  event: OperatorEvent,
): Promise<void> {
  await appendWithin(trx, schema, [
    {
      source: "operator",
      // Asked for twice is two wishes.
      dedupeKey: randomUUID(),
      type: event.type,
      route: { kind: "channel", key: channel.name },
      channelId: channel.id,
      occurredAt: null,
      payload: event,
      raw: null,
      bodySha256: null,
      headers: null,
    },
  ]);
}
