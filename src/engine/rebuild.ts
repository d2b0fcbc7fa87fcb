import type { Tables } from "../eventlog/index.ts";
import {
  type ChannelReplay,
  planChannel,
  refoldChannel,
  type RefoldWatch,
  type ReplayMode,
  type ReplayRules,
} from "./replay.ts";

/**
 * Makes a channel's state and sessions anew from its log. With unchanged code nothing differs; after a correction the
 * channel is what it should have been. Whoever calls this advances the channel afterwards.
 *
 * @returns what differs; null if there is no such channel
 */
export function rebuildChannel(
  tables: Tables,
  channelId: number,
  rules: ReplayRules,
  mode: ReplayMode = { act: false },
  watch: RefoldWatch = {},
): Promise<ChannelReplay | null> {
  return refoldChannel(tables, channelId, null, rules, mode, watch);
}

/** What a rebuild would come to now. Changes nothing. */
export function planRebuild(
  tables: Tables,
  channelId: number,
  rules: ReplayRules,
  mode: ReplayMode = { act: false },
  watch: Pick<RefoldWatch, "onFolded"> = {},
): Promise<ChannelReplay | null> {
  return planChannel(tables, channelId, null, rules, mode, watch);
}
