import { isDeepStrictEqual } from "node:util";

import type { Knex } from "knex";

import { appendWithin, claimStrays, rowsOf, type Selection, type Tables } from "../eventlog/index.ts";
import { type ChannelState, type EffectType, evolve, type HoldSet, type Status, toStatus } from "../live/index.ts";
import type { AdvanceRules } from "./advance-once.ts";
import { type ChannelRow, lockChannel, readChannel, saveChannel } from "./channel-row.ts";
import { decideAll } from "./decide-all.ts";
import { type DifferingSessions, differingSessions } from "./differing-sessions.ts";
import { projectSessions } from "./project-sessions.ts";
import { decisionRow } from "./record-decisions.ts";
import { refold, type Refolded } from "./refold.ts";
import { changesBetween, isEnded, type ReplayChange } from "./replay-changes.ts";
import { saveFolded } from "./save-folded.ts";
import { mendSessions } from "./save-sessions.ts";
import { isHoldIdle, newCalls } from "./wanted-calls.ts";

export type ReplayRules = Pick<AdvanceRules, "policy" | "interpret" | "defaultMode">;

/** What folding a channel's history again would come to, or came to. */
export interface ChannelReplay {
  channelId: number;
  channel: string;
  before: Status;
  after: Status;
  /** What its own decisions, at once, would make of `after`: one whose host is here is then starting. */
  leadsTo: Status;
  /** Those whose links both have. */
  liveInputs: { before: ChannelState["liveInput"]; after: ChannelState["liveInput"] };
  /** Calls that the new state asks for and the old one did not. */
  effects: EffectType[];
  /** Whether a recorder would come of them, at once or after others: that costs for as long as it runs. */
  isPaid: boolean;
  /**
   * When the newest event was received that is not kept any more (ISO 8601): what it and those before it were read as is
   * in a snapshot, and no replay reads them again. Null: all of the channel's events are kept.
   */
  keptFrom: string | null;
  /** What people see differ. */
  changes: ReplayChange[];
  /** How many of its sessions are otherwise than stored; of the first of them `changes` says what. */
  sessions: number;
  /** Whether its last broadcast is over, as things are. */
  isEnded: boolean;
  /** Whether the channel is held because one of them would start something. */
  hold: boolean;
  /** Whether an earlier replay's hold is lifted, because it keeps the new state from nothing. */
  lifted: boolean;
  /** Whether anything differs: the state, a session, or what the log says of an event. */
  differs: boolean;
}

export interface ReplayMode {
  /** The new state may start what it asks for; without, the channel is held. */
  act: boolean;
  /** Also where the last broadcast is over. */
  ended?: boolean | undefined;
  /** Wake nobody: the channel is looked at again when it would have been without this, or with its next event. */
  asleep?: boolean | undefined;
}

/** Whoever looks on while a channel is folded. */
export interface RefoldWatch {
  /** Called now and then with how many more events were folded; what it throws ends the work, and changes nothing. */
  onFolded?: ((events: number) => void) | undefined;
  /** More to be done in the transaction that saves the channel. */
  within?: ((trx: Knex.Transaction, replay: ChannelReplay) => Promise<void>) | undefined;
}

/**
 * What `refoldChannel` would come to now. Changes nothing, and keeps nobody from the channel, however long it takes.
 *
 * @returns null if there is no such channel
 */
export async function planChannel(
  tables: Tables,
  channelId: number,
  selection: Selection | null,
  rules: ReplayRules,
  mode: ReplayMode,
  { onFolded }: Pick<RefoldWatch, "onFolded"> = {},
): Promise<ChannelReplay | null> {
  const { knex, schema } = tables;
  const found = await knex.transaction(
    async (trx) => {
      const channel = await readChannel(trx, schema, channelId);
      return channel && replayOf(trx, schema, channel, selection, rules, mode, onFolded);
    },
    // All of it as it was at one moment, since the channel isn't locked.
    { isolationLevel: "repeatable read", readOnly: true },
  );
  return found?.replay ?? null;
}

/**
 * Folds a channel's whole history again and saves what differs, in one transaction. The version only ever grows. Whoever
 * calls this advances the channel afterwards, if anything differed.
 *
 * @param selection - events to fold as well that were never folded; null: none
 * @returns null if there is no such channel
 */
export async function refoldChannel(
  tables: Tables,
  channelId: number,
  selection: Selection | null,
  rules: ReplayRules,
  mode: ReplayMode,
  { onFolded, within }: RefoldWatch = {},
): Promise<ChannelReplay | null> {
  const { knex, schema } = tables;
  const found = await knex.transaction(
    async (trx) => {
      const channel = await lockChannel(trx, schema, channelId);
      if (channel === null) return null;
      const replayed = await replayOf(trx, schema, channel, selection, rules, mode, onFolded);
      await within?.(trx, replayed.replay);
      await save(trx, schema, replayed, rules, mode);
      return replayed;
    },
    // Each statement must see what was committed before the lock that it waited for.
    { isolationLevel: "read committed" },
  );
  const liveInput = found?.refolded.state.liveInput.uid ?? null;
  if (found?.replay.differs === true && liveInput !== null) {
    await claimStrays(tables, { kind: "live_input", key: liveInput });
  }
  return found?.replay ?? null;
}

interface FoundReplay {
  replay: ChannelReplay;
  channel: ChannelRow;
  refolded: Refolded;
  sessions: DifferingSessions;
  now: number;
}

async function replayOf(
  trx: Knex.Transaction,
  schema: string,
  channel: ChannelRow,
  selection: Selection | null,
  rules: ReplayRules,
  { act, ended = false }: ReplayMode,
  onFolded: (events: number) => void = () => undefined,
): Promise<FoundReplay> {
  const refolded = await refold(trx, schema, channel.id, selection, rules, onFolded);
  const [clock] = await rowsOf<{ now: Date }>(trx, "select clock_timestamp() as now");
  const now = clock?.now.getTime() ?? Date.now();

  const { name, state, version } = channel;
  // Whether there is a place is for the advance that follows: here only the two states are compared.
  const context = { ...rules, capacityFree: true };
  const { effects, starts, isPaid } = newCalls(state, refolded.state, now, context);
  const lifted = isHoldIdle(refolded.state, now, context);
  const isOver = isEnded(state);
  const hold = starts && !(act && (ended || !isOver));
  const event = hold ? holdSet(refolded.state) : lifted ? holdCleared(refolded.state) : null;
  const next = event === null ? refolded.state : evolve(refolded.state, { at: now, event }, rules.policy).state;
  if (event !== null) projectSessions(refolded.sessions, { at: now, event, after: next });
  const sessions = await differingSessions(trx, schema, channel.id, refolded.sessions);
  const isSame = refolded.changed.length === 0 && sessions.numbers.length === 0 && isSameState(refolded.state, state);
  const differs = !isSame || lifted;

  const statusOf = (of: ChannelState, at: { version: number; updatedAt: number }) =>
    toStatus(of, { ...at, channel: name, defaultMode: rules.defaultMode });
  const before = statusOf(state, { version, updatedAt: channel.updatedAt.getTime() });
  const after = differs ? statusOf(next, { version: version + 1, updatedAt: now }) : before;
  const settled = decideAll(next, now, context).decided.at(-1)?.after ?? next;
  const replay = {
    channelId: channel.id,
    channel: name,
    before,
    after,
    leadsTo: differs ? statusOf(settled, { version: version + 1, updatedAt: now }) : before,
    liveInputs: { before: state.liveInput, after: next.liveInput },
    effects,
    isPaid,
    keptFrom: refolded.keptFrom?.toISOString() ?? null,
    changes: differs
      ? [...changesBetween({ status: before, state }, { status: after, state: next }), ...sessions.changes]
      : [],
    sessions: sessions.numbers.length,
    isEnded: isOver,
    hold,
    lifted,
    differs,
  };
  return { replay, channel, refolded, sessions, now };
}

async function save(
  trx: Knex.Transaction,
  schema: string,
  { replay, channel, refolded, sessions, now }: FoundReplay,
  rules: ReplayRules,
  { asleep = false }: ReplayMode,
): Promise<void> {
  if (!replay.differs) return;
  const version = channel.version + 1;
  const saved = {
    ...channel,
    state: refolded.state,
    version,
    now,
    wakeAt: asleep ? (channel.wakeAt?.getTime() ?? null) : now,
  };
  if (replay.hold || replay.lifted) saved.state = await changeHold(trx, schema, saved, replay.hold, rules);
  await mendSessions(trx, schema, channel.id, refolded.sessions, sessions.numbers);
  await saveFolded(trx, schema, refolded.changed);
  await saveChannel(trx, schema, saved, rules.defaultMode);
}

function holdSet(state: ChannelState, number = state.holds + 1): HoldSet {
  return { type: "HoldSet", hold: number, reason: "replay" };
}

function holdCleared(state: ChannelState) {
  return { type: "HoldCleared", hold: state.holds } as const;
}

/**
 * That a hold is set or lifted is a fact like any other, in the transaction that makes it necessary. A history that is
 * read anew may count fewer holds than there were, so that the next number is taken: then it is the first that is free.
 */
async function changeHold(
  trx: Knex.Transaction,
  schema: string,
  channel: { id: number; name: string; state: ChannelState; version: number; now: number },
  set: boolean,
  { policy }: ReplayRules,
): Promise<ChannelState> {
  const append = async (event: HoldSet | ReturnType<typeof holdCleared>) => {
    const [appended] = await appendWithin(trx, schema, [decisionRow(channel, event)]);
    return appended?.duplicate === true ? null : evolve(channel.state, { at: channel.now, event }, policy).state;
  };
  if (!set) return (await append(holdCleared(channel.state))) ?? channel.state;
  for (let number = channel.state.holds + 1; ; number++) {
    const held = await append(holdSet(channel.state, number));
    if (held !== null) return held;
  }
}

/** The stored state has been through JSON, which orders keys anew and drops what is undefined. */
function isSameState(state: ChannelState, stored: ChannelState): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(state)), stored);
}
