import type { Knex } from "knex";

import { addJobs } from "../engine/index.ts";
import { appendWithin, operatorEvent, rowsOf, table, type Tables } from "../eventlog/index.ts";
import { describeCall } from "./describe-call.ts";
import { findEffect, type StoredEffect } from "./effects.ts";
import { inTransaction, lockState, readState } from "./in-transaction.ts";
import { Refused } from "./refused.ts";
import { wayToRetry } from "./way-to-retry.ts";

/** Whether an effect can be tried again, and what that comes to. */
export interface RetryAdvice {
  possible: boolean;
  does: string;
  /** Why it is not possible; null if it is. */
  why: string | null;
}

/** Says what trying an effect again would do now. Changes nothing. */
export async function adviseRetry(tables: Tables, stored: StoredEffect): Promise<RetryAdvice> {
  const { item, effect } = stored;
  const does = `Tally ${describeCall(effect)}${item.isPaid ? ", which costs money" : ""}.`;
  const why = await whyNot(tables, stored);
  return { possible: why === null, does, why };
}

async function whyNot(tables: Tables, stored: StoredEffect): Promise<string | null> {
  try {
    wayToRetry(stored, await readState(tables, stored.channelId));
    return null;
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}

/** @throws {Refused} if one of the effects can't be tried again as things are */
export async function assertRetriable(tables: Tables, effects: readonly StoredEffect[]): Promise<void> {
  for (const effect of effects) wayToRetry(effect, await readState(tables, effect.channelId));
}

/**
 * Has dead effects tried again by the running service, all or none. Whoever calls this advances their channels
 * afterwards.
 *
 * @param by - who wants it, as lists show them
 * @throws {Refused} if one of them is not dead, or nobody wants it any more
 */
export async function retryEffects(tables: Tables, effects: readonly StoredEffect[], by: string): Promise<void> {
  // In the order in which channels are locked everywhere.
  const inOrder = [...effects].sort((one, other) => one.channelId - other.channelId || one.item.id - other.item.id);
  await inTransaction(tables, async (trx) => {
    for (const effect of inOrder) await retry(trx, tables.schema, effect, by);
  });
}

async function retry(trx: Knex.Transaction, schema: string, of: StoredEffect, by: string): Promise<void> {
  const { channelId, item } = of;
  const state = await lockState(trx, schema, channelId);
  // Read again, under the lock.
  const stored = await findEffect({ knex: trx, schema }, item.id);
  if (stored === undefined) throw new Error(`effect ${item.id} is gone`);
  const event = wayToRetry(stored, state);
  await appendWithin(trx, schema, [operatorEvent({ id: channelId, name: item.channel }, event, by)]);
  if (event.type === "EffectRetried") {
    await reopen(trx, schema, item.id);
    await addJobs(trx, schema, [{ id: item.id, type: stored.effect.type }]);
  } else {
    // What waits for a person is the next round now.
    await rowsOf(trx, `update ${table(schema, "effects")} set status = 'failed' where id = :id`, { id: item.id });
  }
}

async function reopen(trx: Knex.Transaction, schema: string, id: number): Promise<void> {
  await rowsOf(
    trx,
    `update ${table(schema, "effects")} set status = 'open', enqueued_at = clock_timestamp(), finished_at = null
     where id = :id`,
    { id },
  );
}
