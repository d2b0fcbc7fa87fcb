import {
  applyReplay,
  type ChannelReplay,
  planRebuild,
  rebuildChannel,
  type ReplayMode,
  type ReplayPlan,
  type ReplayRules,
} from "../engine/index.ts";
import { appendWithin, operatorEvent, type Tables } from "../eventlog/index.ts";

/** A replay's plan as operators are shown it. */
export interface ReplayItem {
  /** How many events are processed again. */
  events: number;
  /** There may be more that fit: these are the newest. */
  isTruncated: boolean;
  channels: ChannelReplayItem[];
}

export type ChannelReplayItem = Omit<ChannelReplay, "channelId">;

/** @param limit - how many events it took at most */
export function toReplayItem({ ids, channels }: ReplayPlan, limit: number): ReplayItem {
  return { events: ids.length, isTruncated: ids.length >= limit, channels: channels.map(toChannelReplayItem) };
}

export function toChannelReplayItem({ channelId: _, ...item }: ChannelReplay): ChannelReplayItem {
  return item;
}

/**
 * Does what a plan says, and has each channel that it changes know who wanted it. Whoever calls this advances those
 * channels afterwards.
 *
 * @param by - who wants it, as lists show them
 * @returns what it came to; a channel may have gone on since the plan was made
 */
export async function replay(
  tables: Tables,
  plan: ReplayPlan,
  rules: ReplayRules,
  mode: ReplayMode,
  by: string,
): Promise<ChannelReplay[]> {
  for (const channel of plan.channels) if (channel.differs) await noteRequest(tables, channel, mode, by);
  return applyReplay(tables, plan, rules, mode);
}

/**
 * Makes a channel anew from its log; what that would start is held. Whoever calls this advances the channel afterwards.
 *
 * @param by - who wants it, as lists show them
 * @returns what differed; null if there is no such channel
 */
export async function rebuild(
  tables: Tables,
  channelId: number,
  rules: ReplayRules,
  by: string,
): Promise<ChannelReplay | null> {
  const plan = await planRebuild(tables, channelId, rules);
  if (plan?.differs !== true) return plan;
  await noteRequest(tables, plan, { act: false }, by);
  return rebuildChannel(tables, channelId, rules);
}

/** First, so that who wanted it is known even if it ends halfway. It is folded with the advance that follows. */
async function noteRequest(
  tables: Tables,
  { channelId, channel }: ChannelReplay,
  { act }: ReplayMode,
  by: string,
): Promise<void> {
  const event = operatorEvent({ id: channelId, name: channel }, { type: "ReplayRequested", act }, by);
  await tables.knex.transaction((trx) => appendWithin(trx, tables.schema, [event]));
}
