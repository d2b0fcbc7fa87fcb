import type { Knex } from "knex";

import { appendWithin, operatorEvent, rowsOf, table, type Tables } from "../eventlog/index.ts";
import type { ChannelState } from "../live/index.ts";
import { findEffect, type StoredEffect } from "./effects.ts";
import { inTransaction, lockState } from "./in-transaction.ts";
import { Refused } from "./refused.ts";
import { wayToRetry } from "./way-to-retry.ts";

/**
 * Puts dead effects aside that nobody wants any more, all or none, so that they wait for nobody: they are `failed` then.
 * No call comes of it. Whoever calls this advances their channels afterwards.
 *
 * @param by - who wants it, as lists show them
 * @throws {Refused} if one of them is not dead, or is still wanted
 */
export async function dismissEffects(tables: Tables, effects: readonly StoredEffect[], by: string): Promise<void> {
  // In the order in which channels are locked everywhere.
  const inOrder = [...effects].sort((one, other) => one.channelId - other.channelId || one.item.id - other.item.id);
  await inTransaction(tables, async (trx) => {
    for (const effect of inOrder) await dismiss(trx, tables.schema, effect, by);
  });
}

async function dismiss(trx: Knex.Transaction, schema: string, of: StoredEffect, by: string): Promise<void> {
  const { channelId, item } = of;
  const state = await lockState(trx, schema, channelId);
  // Read again, under the lock.
  const stored = await findEffect({ knex: trx, schema }, item.id);
  if (stored === undefined) throw new Error(`effect ${item.id} is gone`);
  assertUnwanted(stored, state);
  const event = { type: "EffectDismissed", effectId: item.id, effect: stored.effect.type } as const;
  await appendWithin(trx, schema, [operatorEvent({ id: channelId, name: item.channel }, event, by)]);
  await rowsOf(trx, `update ${table(schema, "effects")} set status = 'failed' where id = :id`, { id: item.id });
}

function assertUnwanted(stored: StoredEffect, state: ChannelState): void {
  try {
    wayToRetry(stored, state);
  } catch (error) {
    if (error instanceof Refused && error.code === "effect_not_wanted") return;
    throw error;
  }
  const { id, channel } = stored.item;
  throw new Refused(
    "effect_still_wanted",
    `Effect ${id} is still wanted: ${channel} waits for it. Mend its cause, then have it tried again.`,
  );
}
