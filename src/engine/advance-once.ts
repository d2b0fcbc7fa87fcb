import type { Knex } from "knex";

import { type FoldableEvent, pendingOf } from "../eventlog/index.ts";
import type { ChannelState, Decision, RelayMode, Resolution } from "../live/index.ts";
import type { Logger } from "../log.ts";
import { reasonOf } from "../reason-of.ts";
import { noTraces, type Span, type Traces, within } from "../traces/index.ts";
import { beginAdvanceSpan } from "./advance-span.ts";
import { announceVideos } from "./announce-videos.ts";
import { isCapacityFree } from "./capacity.ts";
import { type ChannelRow, lockChannel, saveChannel, saveWakeAt } from "./channel-row.ts";
import { decideAll, type Settled } from "./decide-all.ts";
import { type FoldedEvent, type FoldRules, foldStored } from "./fold-stored.ts";
import type { Step } from "./project-sessions.ts";
import { recordDecisions } from "./record-decisions.ts";
import { saveFolded } from "./save-folded.ts";
import { updateSessions } from "./save-sessions.ts";

export interface AdvanceRules extends FoldRules {
  defaultMode: RelayMode;
  /** Of the picture that is pushed; HD if it isn't said. */
  resolution?: Resolution | undefined;
  /** Over all channels. */
  maxActiveRelays: number;
  /** Nothing is traced without. */
  traces?: Traces | undefined;
  log: Logger;
}

/** One transaction's worth of advancing, after its commit. */
export interface Pass {
  channel: ChannelRow;
  state: ChannelState;
  version: number;
  folded: FoldedEvent[];
  decisions: Decision[];
  effects: number;
  /** Milliseconds, database's clock: when it was decided, and when to look again. */
  now: number;
  wakeAt: number | null;
  /** There may be more to fold, and nothing was decided yet. */
  more: boolean;
  /** Videos that a session of this channel has from now on. */
  videos: string[];
  /** To be ended by whoever commits it. */
  span: Span;
}

/** Events folded in one transaction. */
const pendingMost = 500;

/**
 * Locks a channel, folds what is pending, and acts on what that decides: the heart of the service, in one transaction.
 * Everything that it leads to is in the database when it commits, and nothing of it when it doesn't.
 *
 * @returns null if there is no such channel, or it is locked and was to be skipped
 */
export async function advanceOnce(
  trx: Knex.Transaction,
  schema: string,
  channelId: number,
  rules: AdvanceRules,
  options: { skipLocked?: boolean } = {},
): Promise<Pass | null> {
  const startedAt = performance.now();
  const channel = await lockChannel(trx, schema, channelId, options);
  if (channel === null) return null;
  const knownUids = Object.keys(channel.state.presence);
  const pending = await pendingOf(trx, schema, { channelId, knownUids, limit: pendingMost });
  const now = pending.now.getTime();

  const folded = foldAll(channel.state, pending.events, rules);
  const state = folded.at(-1)?.after ?? channel.state;
  const more = pending.events.length >= pendingMost;
  const settled = more
    ? { state, decided: [], wakeAt: channel.wakeAt?.getTime() ?? null }
    : await decideOn(trx, schema, channel, state, now, rules);

  const { traces = noTraces } = rules;
  const hasDecided = settled.decided.length > 0;
  const span = beginAdvanceSpan(traces, { channel, events: pending.events, folded, hasDecided, startedAt });
  try {
    return await within(span, () => save(trx, schema, channel, { folded, settled, now, more, span }, rules));
  } catch (error) {
    span.fail(reasonOf(error));
    span.end();
    throw error;
  }
}

interface ToSave {
  folded: FoldedEvent[];
  settled: Omit<Settled, "runaway">;
  now: number;
  more: boolean;
  span: Span;
}

/** Writes what came of it, all of it or nothing. */
async function save(
  trx: Knex.Transaction,
  schema: string,
  channel: ChannelRow,
  { folded, settled, now, more, span }: ToSave,
  rules: AdvanceRules,
): Promise<Pass> {
  const known = folded.flatMap(({ at, event, after }) => (event === null ? [] : [{ at, event, after }]));
  const steps: Step[] = [...known, ...settled.decided];
  const version = channel.version + (steps.length > 0 ? 1 : 0);
  const { videos, ready } = await updateSessions(trx, schema, channel.id, steps);
  const told = await announceVideos(trx, schema, ready, { state: settled.state, now, policy: rules.policy });
  // To tell of it moves the meters on, as a rebuild will find.
  await updateSessions(trx, schema, channel.id, told);
  const decided = [...settled.decided, ...told];
  const state = decided.at(-1)?.after ?? settled.state;
  const saved = { ...channel, state, version, now, wakeAt: settled.wakeAt, trace: span.context };
  const decisions = decided.map(({ event }) => event);
  span.set({ "tally.version": version, "tally.decisions": decisions.map(({ type }) => type) });

  await saveFolded(
    trx,
    schema,
    folded.map((event) => ({ ...event, appliedVersion: event.folded ? version : null })),
  );
  const effects = await recordDecisions(trx, schema, { ...saved, defaultMode: rules.defaultMode }, decided);
  if (steps.length > 0) await saveChannel(trx, schema, saved, rules.defaultMode);
  else await saveWakeAt(trx, schema, channel, settled.wakeAt);
  return { channel, ...saved, folded, decisions, effects, more, videos, span };
}

function foldAll(before: ChannelState, events: FoldableEvent[], rules: FoldRules): FoldedEvent[] {
  let state = before;
  return events.map((stored) => {
    const folded = foldStored(state, stored, rules);
    state = folded.after;
    return folded;
  });
}

/** After a bug in deciding, the channel is looked at again by itself this much later. */
const failedMs = 60_000;

/** Decides; if that breaks our code, what was learnt is saved all the same, so that the status is true. */
async function decideOn(
  trx: Knex.Transaction,
  schema: string,
  { id, name }: ChannelRow,
  state: ChannelState,
  now: number,
  { policy, defaultMode, resolution, maxActiveRelays, log }: AdvanceRules,
): Promise<Omit<Settled, "runaway">> {
  const capacityFree = await isCapacityFree(trx, schema, state, maxActiveRelays);
  try {
    const settled = decideAll(state, now, { policy, capacityFree, defaultMode, resolution });
    const { runaway, decided } = settled;
    if (runaway) {
      log.error({ channelId: id, channel: name, decided: decided.map(({ event }) => event) }, "advance.runaway");
    }
    return settled;
  } catch (error) {
    log.error({ err: error, channelId: id, channel: name }, "advance.decide_failed");
    return { state, decided: [], wakeAt: now + failedMs };
  }
}
