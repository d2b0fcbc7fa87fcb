import { claimStrays, type Tables, wakeAudience } from "../eventlog/index.ts";
import { type ChannelState, modeOf } from "../live/index.ts";
import type { Pass } from "./advance-once.ts";
import { waitingForCapacity } from "./capacity.ts";

/**
 * What a commit makes possible for others: events that waited for the live input, the converter or the video that
 * became known, viewer events of a user who turned out to be a host, a channel that waits for a place. To be called
 * after the commit, since events that come meanwhile look after theirs.
 *
 * @returns the channels to advance for it
 */
export async function followUp(tables: Tables, pass: Pass, maxActiveRelays: number): Promise<number[]> {
  const { knex, schema } = tables;
  const { channel, state, videos } = pass;
  const before = channel.state;
  const channelIds = new Set<number>();
  const add = (ids: number[]) => {
    for (const id of ids) channelIds.add(id);
  };

  const { uid } = state.liveInput;
  if (uid !== null && uid !== before.liveInput.uid) add(await claimStrays(tables, { kind: "live_input", key: uid }));
  for (const converter of newConverters(before, state)) {
    add(await claimStrays(tables, { kind: "converter", key: converter }));
  }
  for (const video of videos) add(await claimStrays(tables, { kind: "video", key: video }));

  const uids = Object.keys(state.presence).filter((known) => before.presence[known] === undefined);
  add(await wakeAudience(knex, schema, { channelId: channel.id, uids }));

  if (before.relay !== null && state.relay === null) add(await waitingForCapacity(tables, maxActiveRelays));
  return [...channelIds];
}

/** Converters whose id is known now and was not. */
function newConverters(before: ChannelState, after: ChannelState): string[] {
  return Object.entries(after.recorders).flatMap(([resourceId, recorder]) => {
    const { recordingSid } = recorder;
    const isNew = recordingSid !== null && before.recorders[resourceId]?.recordingSid !== recordingSid;
    return isNew && modeOf(recorder) === "media-push" ? [recordingSid] : [];
  });
}
