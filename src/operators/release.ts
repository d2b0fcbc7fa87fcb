import { appendWithin, operatorEvent, type Tables } from "../eventlog/index.ts";
import { inTransaction, lockState } from "./in-transaction.ts";

/**
 * Releases a channel's hold, so that it starts again what it should. Whoever calls this advances the channel afterwards.
 *
 * @param by - who wants it, as lists show them
 * @returns false if there was none: then nothing was done
 */
export function releaseChannel(tables: Tables, channel: { id: number; name: string }, by: string): Promise<boolean> {
  const { schema } = tables;
  return inTransaction(tables, async (trx) => {
    if ((await lockState(trx, schema, channel.id)).hold === null) return false;
    await appendWithin(trx, schema, [operatorEvent(channel, { type: "HoldReleased" }, by)]);
    return true;
  });
}
