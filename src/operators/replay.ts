import type { Knex } from "knex";

import { type ChannelReplay, rebuildChannel, type ReplayMode, type ReplayRules } from "../engine/index.ts";
import { appendWithin, operatorEvent, type Tables } from "../eventlog/index.ts";

/**
 * Makes a channel anew from its log; what that would start is held. Whoever calls this advances the channel afterwards.
 *
 * @param by - who wants it, as lists show them
 * @param onFolded - told now and then how many more events were folded; what it throws ends the work
 * @returns what differed; null if there is no such channel
 */
export async function rebuild(
  tables: Tables,
  channelId: number,
  rules: ReplayRules,
  by: string,
  onFolded?: (events: number) => void,
): Promise<ChannelReplay | null> {
  const mode = { act: false };
  return rebuildChannel(tables, channelId, rules, mode, {
    onFolded,
    within: (trx, replay) => noteRequest(trx, tables.schema, replay, mode, by),
  });
}

/** Has a channel that is changed know who wanted it. It is folded with the advance that follows. */
export async function noteRequest(
  trx: Knex.Transaction,
  schema: string,
  { channelId, channel, differs }: ChannelReplay,
  { act }: ReplayMode,
  by: string,
): Promise<void> {
  if (!differs) return;
  await appendWithin(trx, schema, [
    operatorEvent({ id: channelId, name: channel }, { type: "ReplayRequested", act }, by),
  ]);
}
