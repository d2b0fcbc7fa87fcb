import type { ChannelReplay } from "../engine/index.ts";
import type { Selected } from "../eventlog/index.ts";
import type { Status } from "../live/index.ts";
import { type PlaybackLinks, presentStatus } from "../playback/index.ts";
import { describeEffect } from "./effect-words.ts";

/** What a replay comes to, as operators are shown it. */
export interface ReplayItem {
  /** How many events are processed again. */
  events: number;
  /** There may be more that fit: these are the newest. */
  isTruncated: boolean;
  channels: ChannelReplayItem[];
}

export interface ChannelReplayItem extends Omit<ChannelReplay, "channelId" | "liveInputs"> {
  /** What `effects` ask of the providers, in words. */
  does: string[];
}

export async function presentReplays(
  { events, isTruncated }: Pick<Selected, "events" | "isTruncated">,
  channels: readonly ChannelReplay[],
  links: PlaybackLinks,
): Promise<ReplayItem> {
  return { events, isTruncated, channels: await Promise.all(channels.map((channel) => presentReplay(channel, links))) };
}

/** Gives a channel's statuses, and what differs between them, the links that viewers use. */
export async function presentReplay(
  { channelId: _, liveInputs, ...replay }: ChannelReplay,
  links: PlaybackLinks,
): Promise<ChannelReplayItem> {
  const [before, after, leadsTo] = await Promise.all([
    presentStatus(replay.before, liveInputs.before, links),
    presentStatus(replay.after, liveInputs.after, links),
    presentStatus(replay.leadsTo, liveInputs.after, links),
  ]);
  const changes = replay.changes.flatMap((change) => {
    const name = /^playback\.(.*)$/.exec(change.path)?.[1];
    if (name === undefined) return change;
    const shown = { ...change, before: linkOf(before.status, name), after: linkOf(after.status, name) };
    return shown.before === shown.after ? [] : shown;
  });
  const does = replay.effects.map(describeEffect);
  return { ...replay, before: before.status, after: after.status, leadsTo: leadsTo.status, changes, does };
}

function linkOf({ playback }: Status, name: string): string | null {
  return playback?.[name as keyof typeof playback] ?? null;
}
