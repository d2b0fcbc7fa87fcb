import type { Knex } from "knex";

import { type ChannelReplay, planChannel, refoldChannel, type ReplayMode, type ReplayRules } from "../engine/index.ts";
import { channelsOf, rowsOf, type Selected, type Selection, table, type Tables } from "../eventlog/index.ts";
import { noteRequest } from "./replay.ts";

/** A replay that has begun, and what is left of it. */
export interface StartedReplay {
  id: number;
  selection: Selection;
  mode: ReplayMode;
  /** Those still to be done, by id. */
  channels: Selected["channels"];
  /** Those done before. */
  doneChannels: number;
}

type OnFolded = (events: number) => void;

/**
 * Says channel by channel what processing events again would do. Changes nothing.
 *
 * @param onFolded - told now and then how many more events were folded; what it throws ends the work
 */
export async function* planReplay(
  tables: Tables,
  { selection, channels }: Pick<Selected, "selection" | "channels">,
  rules: ReplayRules,
  mode: ReplayMode,
  onFolded?: OnFolded,
): AsyncGenerator<ChannelReplay> {
  for (const { channelId } of channels) {
    const replay = await planChannel(tables, channelId, selection, rules, mode, { onFolded });
    if (replay !== null) yield replay;
  }
}

/** Notes what is to be done, so that it can be resumed. Nothing is done yet. */
export async function beginReplay(
  { knex, schema }: Tables,
  { selection, channels }: Pick<Selected, "selection" | "channels">,
  mode: ReplayMode,
  by: string,
): Promise<StartedReplay> {
  const [row] = await rowsOf<{ id: number }>(
    knex,
    `insert into ${table(schema, "replays")} (selection, act, ended, asked_by, channels)
     values (:selection::jsonb, :act, :ended, :by, :channels) returning id`,
    {
      selection: JSON.stringify(selection),
      act: mode.act,
      ended: mode.ended === true,
      by,
      channels: channels.length,
    },
  );
  if (row === undefined) throw new Error("insert returned no row");
  return { id: row.id, selection, mode, channels, doneChannels: 0 };
}

/**
 * Finds a replay again, to go on with it where it was interrupted: the same events, in the same way.
 *
 * @returns null if there is none with this id; one that was finished has nothing left
 */
export async function findReplay(
  tables: Tables,
  id: number,
): Promise<(StartedReplay & { isFinished: boolean }) | null> {
  const { knex, schema } = tables;
  const [row] = await rowsOf<Omit<StartedReplay, "mode" | "channels"> & FoundReplay>(
    knex,
    `select id, selection, act, ended, done_channels as "doneChannels", done_up_to as "doneUpTo",
       finished_at is not null as "isFinished"
     from ${table(schema, "replays")} where id = :id`,
    { id },
  );
  if (row === undefined) return null;
  const { act, ended, doneUpTo, ...replay } = row;
  const selection = withDates(row.selection);
  const channels = replay.isFinished ? [] : await channelsOf(tables, selection, doneUpTo);
  return { ...replay, selection, mode: { act, ended }, channels };
}

/** JSON knows no dates. */
function withDates({ since, until, ...selection }: Selection): Selection {
  return {
    ...selection,
    ...(since !== undefined && { since: new Date(since) }),
    ...(until !== undefined && { until: new Date(until) }),
  };
}

interface FoundReplay {
  act: boolean;
  ended: boolean;
  doneUpTo: number;
  isFinished: boolean;
}

/** Channels in which nothing differed, between two notes of how far it is: to look at them again changes nothing. */
const unnotedMost = 100;

/**
 * Does a replay, channel by channel. How far it is, is saved with the channel that it changes, so that it can be
 * interrupted anywhere: each channel was done or not. Each is planned again under its lock, since it may have gone on.
 * Whoever calls this advances each channel that differed.
 *
 * @param by - who wants it, as lists show them
 * @param onFolded - told now and then how many more events were folded; what it throws ends the work
 */
export async function* runReplay(
  tables: Tables,
  { id, selection, mode, channels }: StartedReplay,
  rules: ReplayRules,
  by: string,
  onFolded?: OnFolded,
): AsyncGenerator<ChannelReplay> {
  const { knex, schema } = tables;
  let unnoted = 0;
  for (const { channelId } of channels) {
    const within = async (trx: Knex.Transaction, replay: ChannelReplay) => {
      await noteRequest(trx, schema, replay, mode, by);
      unnoted++;
      if (!replay.differs && unnoted < unnotedMost) return;
      await noteDone(trx, schema, id, { channelId, channels: unnoted, changed: replay.differs ? 1 : 0 });
      unnoted = 0;
    };
    const replay = await refoldChannel(tables, channelId, selection, rules, mode, { onFolded, within });
    if (replay !== null) yield replay;
  }
  await noteDone(knex, schema, id, { channelId: channels.at(-1)?.channelId ?? 0, channels: unnoted, changed: 0 });
  await rowsOf(knex, `update ${table(schema, "replays")} set finished_at = clock_timestamp() where id = :id`, { id });
}

async function noteDone(
  db: Knex,
  schema: string,
  id: number,
  done: { channelId: number; channels: number; changed: number },
): Promise<void> {
  await rowsOf(
    db,
    `update ${table(schema, "replays")} set done_up_to = greatest(done_up_to, :channelId),
       done_channels = done_channels + :channels, changed = changed + :changed
     where id = :id`,
    { id, ...done },
  );
}
