import { refoldChannel, type ReplayRules } from "../engine/index.ts";
import { appendWithin, type EventRow, quoted, rowsOf, table, type Tables } from "../eventlog/index.ts";
import { initialState } from "../live/index.ts";
import { type ChannelLine, type EventLine, readLogLine } from "./log-lines.ts";

export interface Imported {
  /** New events. */
  events: number;
  /** Those that the log held already. */
  duplicates: number;
  channels: number;
  /** Channels that are held, because their state would start something. */
  held: number;
  /** Lines that were left out, and why; the first of many. */
  bad: { line: number; problem: string }[];
  badLines: number;
}

/** Lines that are committed together. */
const batchSize = 500;
/** Bad lines that are told of one by one. */
const badMost = 20;
/** What was still pending: it must not be acted on here, and is folded all the same. */
const unfolded = "not folded yet when it was exported";

/**
 * Takes the lines of an exported log into this one, each event once, then folds their channels. Decides nothing and calls
 * nobody: the channels are left to their next event, and held if they would start something. Twice the same is once.
 *
 * @param options.skipBad - go on after a bad line, instead of leaving out all that follows it too
 * @param options.onRead - told now and then how many more lines were read; what it throws ends the work
 */
export async function importLog(
  tables: Tables,
  lines: AsyncIterable<string>,
  rules: ReplayRules,
  { skipBad, onRead }: { skipBad: boolean; onRead: (lines: number) => void },
): Promise<Imported> {
  const imported: Imported = { events: 0, duplicates: 0, channels: 0, held: 0, bad: [], badLines: 0 };
  const channels = new Set<number>();
  const late: number[] = [];
  let batch: EventLine[] = [];
  let number = 0;

  async function flush(): Promise<void> {
    const appended = await insertEvents(tables, batch);
    for (const [at, { id, duplicate }] of appended.entries()) {
      imported[duplicate ? "duplicates" : "events"]++;
      if (batch[at]?.status === "pending" && !duplicate) late.push(id);
    }
    batch = [];
  }

  async function take(text: string): Promise<string | null> {
    const read = readLogLine(text);
    if ("problem" in read) return read.problem;
    const { line } = read;
    if (line.kind === "channel") {
      const problem = await makeChannel(tables, line);
      if (problem === null) channels.add(line.id);
      return problem;
    }
    const { channelId } = line;
    if (channelId !== null && !channels.has(channelId)) {
      return `channelId: no line before it is about the channel ${channelId}`;
    }
    batch.push(line);
    if (batch.length >= batchSize) await flush();
    return null;
  }

  for await (const text of lines) {
    number++;
    onRead(1);
    if (text.trim() === "") continue;
    const problem = await take(text);
    if (problem === null) continue;
    imported.badLines++;
    if (imported.bad.length < badMost) imported.bad.push({ line: number, problem });
    if (!skipBad) break;
  }
  await flush();
  for (const channelId of channels) {
    imported.channels++;
    if (await fold(tables, channelId, late, rules)) imported.held++;
  }
  return imported;
}

/** @returns why it can't be, or null */
async function makeChannel({ knex, schema }: Tables, line: ChannelLine): Promise<string | null> {
  const { id, name, hostUserId, hostUid, relayMode } = line;
  const channels = table(schema, "channels");
  await rowsOf(
    knex,
    `insert into ${channels} (id, name, host_user_id, host_uid, relay_mode, state)
     values (:id, :name, :hostUserId, :hostUid, :relayMode, :state::jsonb) on conflict do nothing`,
    { id, name, hostUserId, hostUid, relayMode, state: JSON.stringify(initialState(id)) },
  );
  const [other] = await rowsOf<{ id: number; name: string }>(
    knex,
    `select id, name from ${channels} where (id = :id) <> (name = :name) limit 1`,
    { id, name },
  );
  if (other !== undefined) {
    return `channel ${name} is number ${id} in the file; here ${other.name} is number ${other.id}`;
  }
  // The names that are still to come must not be given this number.
  await rowsOf(
    knex,
    `select setval(:sequence, :id::bigint + 1, false) from ${quoted(schema)}.channel_ids
     where :id >= case when is_called then last_value + 1 else last_value end`,
    { sequence: `${quoted(schema)}.channel_ids`, id },
  );
  return null;
}

function insertEvents({ knex, schema }: Tables, lines: readonly EventLine[]) {
  return lines.length === 0 ? [] : knex.transaction((trx) => appendWithin(trx, schema, lines.map(toRow)));
}

function toRow({ kind: _, channelId, appliedVersion, status, note, payload, ...line }: EventLine): EventRow {
  return {
    ...line,
    payload: line.raw === null ? payload : undefined,
    ...(channelId !== null && { channelId }),
    ...(appliedVersion !== null && { appliedVersion }),
    ...(status === "pending" ? { status: "ignored", note: unfolded } : { status, note }),
  };
}

/** @returns whether it is held */
async function fold(tables: Tables, channelId: number, late: number[], rules: ReplayRules): Promise<boolean> {
  const { knex, schema } = tables;
  // What comes next must find its place after all of them.
  await rowsOf(
    knex,
    `update ${table(schema, "channels")} set version = greatest(version, (
       select coalesce(max(applied_version), 0) from ${table(schema, "events")} where channel_id = :channelId
     )) where id = :channelId`,
    { channelId },
  );
  const selection = late.length === 0 ? null : { ids: late };
  const folded = await refoldChannel(tables, channelId, selection, rules, { act: false, asleep: true });
  return folded?.hold === true;
}
