import type { Knex } from "knex";

import { lockChannel, type ReplayRules, saveChannel } from "../../engine/index.ts";
import { appendWithin, operatorEvent, quoted, rowsOf, table, type Tables } from "../../eventlog/index.ts";
import { type ChannelState, renameInState, reservedUids } from "../../live/index.ts";
import { inTransaction } from "../in-transaction.ts";
import { channelsWith, hindranceIn } from "./channels-with.ts";
import { type Beside, eraseBeside, mentions } from "./erase-beside.ts";
import { type Erased, eventsWithout, saveErased } from "./erase-events.ts";
import { type Person, tokenOf } from "./person.ts";

/** A person can't be erased now, and nothing was changed in that channel. The message says why. */
export class CannotErase extends Error {
  override name = "CannotErase";
}

/** What is erased of a person, or would be. */
export interface Erasure {
  channels: ErasedChannel[];
  /** Deleted events that belong to no channel. */
  strays: number;
}

export interface ErasedChannel extends Beside {
  channelId: number;
  channel: string;
  /** Events that are changed. */
  events: number;
  /** Their coming and going as a viewer: deleted. */
  viewer: number;
  /** It is registered to them, and has no host until somebody registers another. */
  isTheirs: boolean;
}

/**
 * What `erasePerson` would do. Changes nothing.
 *
 * @throws {CannotErase} if it can't be done now
 */
export async function planErasure(tables: Tables, person: Person): Promise<Erasure> {
  const { knex, schema } = tables;
  const channels: ErasedChannel[] = [];
  for (const channelId of await channelsWith(tables, person)) {
    // What it does is found out by doing it, and undone.
    const erased = await undone(tables, (trx) => eraseFrom(trx, schema, channelId, person, null));
    if (erased !== null) channels.push(erased);
  }
  const strays = await collect(eventsWithout(knex, schema, null, person, 0));
  return { channels, strays: person.channel === undefined ? strays.length : 0 };
}

/**
 * Erases a person from everything that is kept, channel by channel, each in one transaction: a number that nobody has takes
 * the place of their uid, another in each channel, so that the channel's history still adds up to its state. To do it again
 * finds what is left. Whoever calls this advances the channels afterwards.
 *
 * @param by - who wants it, as lists show them
 * @throws {CannotErase} if they are in a broadcast that goes on, or are no person but Tally's own
 */
export async function* erasePerson(
  tables: Tables,
  person: Person,
  { defaultMode }: Pick<ReplayRules, "defaultMode">,
  by: string,
): AsyncGenerator<ErasedChannel> {
  const { schema } = tables;
  for (const channelId of await channelsWith(tables, person)) {
    const erased = await inTransaction(tables, (trx) => eraseFrom(trx, schema, channelId, person, { defaultMode, by }));
    if (erased !== null) yield erased;
  }
  if (person.channel !== undefined) return;
  await inTransaction(tables, async (trx) => {
    const strays = await collect(eventsWithout(trx, schema, null, person, 0));
    refusePending(strays, "an event that has no channel yet");
    await saveErased(trx, schema, strays);
    await rowsOf(trx, `delete from ${table(schema, "provider_calls")} where channel_id is null and ${mentions}`, {
      token: tokenOf(person),
    });
  });
}

/** @returns null if they are not in it after all */
async function eraseFrom(
  trx: Knex.Transaction,
  schema: string,
  channelId: number,
  person: Person,
  done: { defaultMode: ReplayRules["defaultMode"]; by: string } | null,
): Promise<ErasedChannel | null> {
  const channel = await lockChannel(trx, schema, channelId);
  if (channel === null) return null;
  await assertPossible(trx, schema, channel, person);
  const to = await nextPseudonym(trx, schema);
  const events = await collect(eventsWithout(trx, schema, channelId, person, to));
  refusePending(events, `an event of ${channel.name}`);
  await saveErased(trx, schema, events);
  const isTheirs = await unregister(trx, schema, channelId, person, to);
  const beside = await eraseBeside(trx, schema, channelId, person, to);
  const viewer = events.filter((event) => event.deleted).length;
  const erased = { channelId, channel: channel.name, events: events.length - viewer, viewer, isTheirs, ...beside };

  const state = renameInState(channel.state, { from: person.uid, to });
  const differs = !isSame(state, channel.state);
  if (!differs && events.length + beside.calls + beside.notifications === 0 && !isTheirs) return null;
  if (done === null) return erased;
  if (differs) {
    const now = await clock(trx);
    const wakeAt = channel.wakeAt?.getTime() ?? null;
    const saved = { ...channel, state, version: channel.version + 1, now, wakeAt };
    await saveChannel(trx, schema, saved, done.defaultMode);
  }
  await appendWithin(trx, schema, [
    operatorEvent({ id: channelId, name: channel.name }, { type: "PersonErased", events: events.length }, done.by),
  ]);
  return erased;
}

async function assertPossible(
  trx: Knex.Transaction,
  schema: string,
  channel: { id: number; name: string; state: ChannelState },
  person: Person,
): Promise<void> {
  const { id, name } = channel;
  if (Object.values(reservedUids(id)).includes(person.uid)) {
    throw new CannotErase(`Uid ${person.uid} is nobody: in ${name} it is Tally's own. Nothing was erased there.`);
  }
  const hindrance = await hindranceIn(trx, schema, channel, person);
  if (hindrance === null) return;
  throw new CannotErase(`Not now: ${hindrance}. Once it is over, the same again erases them.`);
}

function refusePending(events: readonly Erased[], where: string): void {
  if (!events.some(({ isPending }) => isPending)) return;
  throw new CannotErase(`Not now: ${where} tells of them and waits to be folded. Try again in a while.`);
}

/** @returns whether the channel was registered to them */
async function unregister(
  trx: Knex.Transaction,
  schema: string,
  channelId: number,
  { uid, userId }: Person,
  to: number,
): Promise<boolean> {
  const rows = await rowsOf<{ isTheirs: boolean }>(
    trx,
    `select coalesce(host_uid = :uid, false) or coalesce(host_user_id = :userId, false) as "isTheirs"
     from ${table(schema, "channels")} where id = :channelId`,
    { channelId, uid, userId: userId ?? null },
  );
  await rowsOf(
    trx,
    `update ${table(schema, "channels")} set host_uid = :to where id = :channelId and host_uid = :uid`,
    { channelId, uid, to },
  );
  return rows[0]?.isTheirs ?? false;
}

async function nextPseudonym(trx: Knex.Transaction, schema: string): Promise<number> {
  const sql = "select nextval(:sequence)::bigint as number";
  const [row] = await rowsOf<{ number: number }>(trx, sql, { sequence: `${quoted(schema)}.pseudonyms` });
  if (row === undefined) throw new Error("nextval returned no row");
  return row.number;
}

async function clock(trx: Knex.Transaction): Promise<number> {
  const [row] = await rowsOf<{ now: Date }>(trx, "select clock_timestamp() as now");
  return row?.now.getTime() ?? Date.now();
}

function isSame(a: ChannelState, b: ChannelState): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Does some work in a transaction, and takes it back. */
async function undone<T>({ knex }: Tables, work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
  const trx = await knex.transaction();
  try {
    return await work(trx);
  } finally {
    await trx.rollback();
  }
}
