import type { Knex } from "knex";

import type { EffectStatus } from "../db/index.ts";
import { addJobs, isStillWanted } from "../engine/index.ts";
import { appendWithin, operatorEvent, rowsOf, table, type Tables } from "../eventlog/index.ts";
import type { ChannelState, Effect, OperatorEvent } from "../live/index.ts";
import { describeRetry } from "./effect-words.ts";
import { findEffect, type StoredEffect } from "./effects.ts";
import { inTransaction, lockState, readState } from "./in-transaction.ts";
import { Refused } from "./refused.ts";

/** Whether an effect can be tried again, and what that comes to. */
export interface RetryAdvice {
  possible: boolean;
  does: string;
  /** Why it is not possible; null if it is. */
  why: string | null;
}

/** Says what trying an effect again would do now. Changes nothing. */
export async function adviseRetry(tables: Tables, stored: StoredEffect): Promise<RetryAdvice> {
  const refusal = refusalOf(stored, await readState(tables, stored.channelId));
  return { possible: refusal === null, does: describeRetry(stored.effect), why: refusal?.message ?? null };
}

/**
 * Has a dead effect tried again by the running service. Whoever calls this advances the channel afterwards.
 *
 * @param by - who wants it, as lists show them
 * @throws {Refused} if the effect is not dead, or nobody wants it any more
 */
export async function retryEffect(tables: Tables, { item, channelId }: StoredEffect, by: string): Promise<void> {
  await inTransaction(tables, async (trx) => {
    const { schema } = tables;
    const state = await lockState(trx, schema, channelId);
    // Read again, under the lock.
    const stored = await findEffect({ knex: trx, schema }, item.id);
    if (stored === undefined) throw new Error(`effect ${item.id} is gone`);
    const refusal = refusalOf(stored, state);
    if (refusal !== null) throw refusal;
    const event = retryEvent(stored);
    await appendWithin(trx, schema, [operatorEvent({ id: channelId, name: stored.item.channel }, event, by)]);
    if (event.type !== "EffectRetried") {
      // What waits for a person is the next round now.
      await setStatus(trx, schema, item.id, "failed");
      return;
    }
    await setStatus(trx, schema, item.id, "open");
    await addJobs(trx, schema, [{ id: item.id, type: stored.effect.type }]);
  });
}

/** Stops and deletions count their rounds in the state; of the others the state knows nothing but that they are owed. */
function retryEvent({ item: { id }, effect }: StoredEffect): OperatorEvent {
  switch (effect.type) {
    case "StopRecorder":
      return { type: "StopRetried", resourceId: effect.resourceId };
    case "DeleteVideo":
      return { type: "VideoDeletionRetried", video: effect.video };
    default:
      return { type: "EffectRetried", effectId: id, effect: effect.type };
  }
}

function refusalOf({ item: { id, status, channel }, effect }: StoredEffect, state: ChannelState): Refused | null {
  if (status !== "dead") {
    return new Refused("effect_not_dead", `Effect ${id} is not dead but ${status}: nothing to try again.`);
  }
  const why = whyNotWanted(effect, state, channel);
  return why === null ? null : new Refused("effect_not_wanted", `Effect ${id} is ${why}.`);
}

function whyNotWanted(effect: Effect, state: ChannelState, channel: string): string | null {
  const goneOn = `not wanted any more: ${channel} has gone on without it`;
  switch (effect.type) {
    case "StopRecorder": {
      const recorder = state.recorders[effect.resourceId];
      if (recorder === undefined || recorder.state === "ended") return "not wanted any more: its recorder has ended";
      if (recorder.stop?.dead === true) return null;
      return `not needed: Tally is stopping that recorder, try ${recorder.stop?.round ?? 0}`;
    }
    case "DeleteVideo":
      return state.deletions?.[effect.video]?.dead === true ? null : goneOn;
    default:
      return isStillWanted(effect, state) ? null : goneOn;
  }
}

async function setStatus(trx: Knex.Transaction, schema: string, id: number, status: EffectStatus): Promise<void> {
  await rowsOf(
    trx,
    `update ${table(schema, "effects")} set status = :status, enqueued_at = clock_timestamp(),
       finished_at = case when :status <> 'open' then finished_at end
     where id = :id`,
    { id, status },
  );
}
