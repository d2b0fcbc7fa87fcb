import type { Knex } from "knex";

import { historyOf } from "../../eventlog/index.ts";
import type { FoldRules } from "../fold-stored.ts";
import { foldAgain, foldFrom } from "../refold.ts";
import { readSnapshot, saveSnapshot } from "../snapshot.ts";

/**
 * Moves a channel's snapshot on to a version of its history. Deletes nothing.
 *
 * @param trx - a transaction that holds the channel's row
 * @param to - the version, and when the newest event up to it was received
 * @returns false if an event on the way breaks our code: then nothing is moved
 */
export async function takeSnapshot(
  trx: Knex.Transaction,
  schema: string,
  channelId: number,
  to: { version: number; upTo: Date },
  rules: FoldRules,
): Promise<boolean> {
  const before = await readSnapshot(trx, schema, channelId);
  const refolded = foldFrom(channelId, before);
  let { events = 0 } = before ?? {};
  const part = { after: before?.version ?? -1, until: to.version };
  for await (const stored of historyOf(trx, schema, channelId, part)) {
    foldAgain(refolded, stored, stored.appliedVersion, rules);
    if (refolded.changed.at(-1)?.status === "failed") return false;
    events++;
  }
  const { state, sessions } = refolded;
  const upTo = before !== null && before.upTo > to.upTo ? before.upTo : to.upTo;
  await saveSnapshot(
    trx,
    schema,
    channelId,
    { version: to.version, upTo, events, state, sessions: sessions.all() },
    before,
  );
  return true;
}
