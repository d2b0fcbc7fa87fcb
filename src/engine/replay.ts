import { isDeepStrictEqual } from "node:util";

import type { Knex } from "knex";

import { appendWithin, claimStrays, type EventFilter, listEvents, rowsOf, type Tables } from "../eventlog/index.ts";
import { type ChannelState, type EffectType, evolve, type HoldSet, type Status, toStatus } from "../live/index.ts";
import type { AdvanceRules } from "./advance-once.ts";
import { type ChannelRow, lockChannel, saveChannel } from "./channel-row.ts";
import { decisionRow } from "./record-decisions.ts";
import { refold, type Refolded } from "./refold.ts";
import { changesBetween, isEnded, type ReplayChange } from "./replay-changes.ts";
import { saveFolded } from "./save-folded.ts";
import { replaceSessions } from "./save-sessions.ts";
import { newCalls } from "./wanted-calls.ts";

export type ReplayRules = Pick<AdvanceRules, "policy" | "interpret" | "defaultMode">;

/** What folding a channel's history again would come to, or came to. */
export interface ChannelReplay {
  channelId: number;
  channel: string;
  before: Status;
  after: Status;
  /** Calls that the new state asks for and the old one did not. */
  effects: EffectType[];
  /** What people see differ. */
  changes: ReplayChange[];
  /** Whether its last broadcast is over, as things are. */
  isEnded: boolean;
  /** Whether the channel is held because one of them would start something. */
  hold: boolean;
  /** Whether anything differs: the state, or what the log says of an event. */
  differs: boolean;
}

export interface ReplayPlan {
  /** The events to process again, oldest first. */
  ids: number[];
  channels: ChannelReplay[];
}

export interface ReplayMode {
  /** The new state may start what it asks for; without, the channel is held. */
  act: boolean;
  /** Also where the last broadcast is over. */
  ended?: boolean | undefined;
}

/** How many events one replay takes, unless the filter says. */
const selectedMost = 10_000;

/**
 * Says what processing events again would do. Changes nothing.
 *
 * @param selection - which events: by id or by filter (the newest 10,000 if it names no limit)
 */
export async function planReplay(
  tables: Tables,
  selection: EventFilter,
  rules: ReplayRules,
  mode: ReplayMode,
): Promise<ReplayPlan> {
  const events = await listEvents(tables, { limit: selectedMost, ...selection });
  const ids = events.map((event) => event.id).reverse();
  const channelIds = [...new Set(events.flatMap(({ channelId }) => channelId ?? []))].sort((a, b) => a - b);
  const channels: ChannelReplay[] = [];
  for (const channelId of channelIds) {
    const replay = await planChannel(tables, channelId, ids, rules, mode);
    if (replay !== null) channels.push(replay);
  }
  return { ids, channels };
}

/**
 * What `refoldChannel` would come to now. Changes nothing.
 *
 * @returns null if there is no such channel
 */
export async function planChannel(
  tables: Tables,
  channelId: number,
  selected: number[],
  rules: ReplayRules,
  mode: ReplayMode,
): Promise<ChannelReplay | null> {
  const found = await inTransaction(tables, (trx) => replayOf(trx, tables.schema, channelId, selected, rules, mode));
  return found?.replay ?? null;
}

/**
 * Does what a plan says, a transaction per channel. The plan is made again under the channel's lock, since the channel
 * may have gone on. Whoever calls this advances the channels afterwards.
 */
export async function applyReplay(
  tables: Tables,
  plan: ReplayPlan,
  rules: ReplayRules,
  mode: ReplayMode,
): Promise<ChannelReplay[]> {
  const done: ChannelReplay[] = [];
  for (const { channelId } of plan.channels) {
    const replay = await refoldChannel(tables, channelId, plan.ids, rules, mode);
    if (replay !== null) done.push(replay);
  }
  return done;
}

/**
 * Folds a channel's whole history again and saves what differs. The version only ever grows.
 *
 * @param selected - events to fold as well that were never folded
 * @returns null if there is no such channel
 */
export async function refoldChannel(
  tables: Tables,
  channelId: number,
  selected: number[],
  rules: ReplayRules,
  mode: ReplayMode,
): Promise<ChannelReplay | null> {
  const { schema } = tables;
  const found = await inTransaction(tables, async (trx) => {
    const replay = await replayOf(trx, schema, channelId, selected, rules, mode);
    if (replay !== null) await save(trx, schema, replay, rules);
    return replay;
  });
  const liveInput = found?.refolded.state.liveInput.uid ?? null;
  if (liveInput !== null) await claimStrays(tables, { kind: "live_input", key: liveInput });
  return found?.replay ?? null;
}

async function save(
  trx: Knex.Transaction,
  schema: string,
  { replay, channel, refolded, now }: FoundReplay,
  rules: ReplayRules,
): Promise<void> {
  await replaceSessions(trx, schema, channel.id, refolded.sessions);
  if (!replay.differs) return;
  const saved = { ...channel, state: refolded.state, version: channel.version + 1, now, wakeAt: now };
  if (replay.hold) saved.state = await hold(trx, schema, saved, rules);
  await saveFolded(trx, schema, refolded.changed);
  await saveChannel(trx, schema, saved, rules.defaultMode);
}

interface FoundReplay {
  replay: ChannelReplay;
  channel: ChannelRow;
  refolded: Refolded;
  now: number;
}

async function replayOf(
  trx: Knex.Transaction,
  schema: string,
  channelId: number,
  selected: number[],
  rules: ReplayRules,
  { act, ended = false }: ReplayMode,
): Promise<FoundReplay | null> {
  const channel = await lockChannel(trx, schema, channelId);
  if (channel === null) return null;
  const refolded = await refold(trx, schema, channelId, selected, rules);
  const [clock] = await rowsOf<{ now: Date }>(trx, "select clock_timestamp() as now");
  const now = clock?.now.getTime() ?? Date.now();

  const { name, state, version } = channel;
  const statusOf = (of: ChannelState, context: { version: number; updatedAt: number }) =>
    toStatus(of, { ...context, channel: name, defaultMode: rules.defaultMode });
  // Whether there is a place is for the advance that follows: here only the two states are compared.
  const { effects, starts } = newCalls(state, refolded.state, now, { ...rules, capacityFree: true });
  const differs = refolded.changed.length > 0 || !isSameState(refolded.state, state);
  const isOver = isEnded(state);
  const hold = starts && !(act && (ended || !isOver));
  const held = hold ? evolve(refolded.state, { at: now, event: holdSet(refolded.state) }, rules.policy).state : null;
  const before = statusOf(state, { version, updatedAt: channel.updatedAt.getTime() });
  const after = statusOf(held ?? refolded.state, { version: differs ? version + 1 : version, updatedAt: now });
  const replay = {
    channelId,
    channel: name,
    before,
    after,
    effects,
    changes: changesBetween({ status: before, state }, { status: after, state: held ?? refolded.state }),
    isEnded: isOver,
    hold,
    differs,
  };
  return { replay, channel, refolded, now };
}

function holdSet(state: ChannelState): HoldSet {
  return { type: "HoldSet", hold: state.holds + 1, reason: "replay" };
}

/** The hold is a fact like any other, in the transaction that makes it necessary. */
async function hold(
  trx: Knex.Transaction,
  schema: string,
  channel: { id: number; name: string; state: ChannelState; version: number; now: number },
  { policy }: ReplayRules,
): Promise<ChannelState> {
  const event = holdSet(channel.state);
  await appendWithin(trx, schema, [decisionRow(channel, event)]);
  return evolve(channel.state, { at: channel.now, event }, policy).state;
}

/** The stored state has been through JSON, which orders keys anew and drops what is undefined. */
function isSameState(state: ChannelState, stored: ChannelState): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(state)), stored);
}

function inTransaction<T>({ knex }: Tables, work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
  return knex.transaction(work, { isolationLevel: "read committed" });
}
