import type { Tables } from "../eventlog/index.ts";
import { type ChannelReplay, planChannel, refoldChannel, type ReplayMode, type ReplayRules } from "./replay.ts";

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
): Promise<ChannelReplay | null> {
  return refoldChannel(tables, channelId, [], rules, mode);
}

/** What a rebuild would come to now. Changes nothing. */
export function planRebuild(
  tables: Tables,
  channelId: number,
  rules: ReplayRules,
  mode: ReplayMode = { act: false },
): Promise<ChannelReplay | null> {
  return planChannel(tables, channelId, [], rules, mode);
}
