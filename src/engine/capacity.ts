import type { Knex } from "knex";

import { rowsOf, table, type Tables } from "../eventlog/index.ts";
import type { ChannelState } from "../live/index.ts";

/** Column `relay_status` of a channel that takes one of the places. */
const takesPlace = "is_active and relay_status in ('requested', 'starting', 'running')";

/** More than the transactions that can be deciding at one moment, over all processes. */
const crowd = 32;

/**
 * Whether one more relay may start. When places are few, whoever asks holds the answer until commit and others wait, so
 * that two can't take the last place; with room for all who could be asking, nobody waits. Channels that can't start
 * anything now don't ask.
 *
 * @param maxActiveRelays - over all channels
 */
export async function isCapacityFree(
  trx: Knex.Transaction,
  schema: string,
  state: ChannelState,
  maxActiveRelays: number,
): Promise<boolean> {
  if (state.relay !== null || (!state.host.present && state.manualAt === null)) return true;
  if (maxActiveRelays - (await countTaken(trx, schema)) > crowd) return true;
  await trx.raw("select pg_advisory_xact_lock(hashtextextended(:name, 0))", { name: `${schema}:capacity` });
  return (await countTaken(trx, schema)) < maxActiveRelays;
}

async function countTaken(trx: Knex.Transaction, schema: string): Promise<number> {
  const sql = `select count(*)::integer as taken from ${table(schema, "channels")} where ${takesPlace}`;
  const [row] = await rowsOf<{ taken: number }>(trx, sql);
  return row?.taken ?? 0;
}

/**
 * The channels that wait for a place and may have one now, the longest waiting first.
 *
 * @returns as many as there are places at most
 */
export async function waitingForCapacity({ knex, schema }: Tables, maxActiveRelays: number): Promise<number[]> {
  const channels = table(schema, "channels");
  const rows = await rowsOf<{ id: number }>(
    knex,
    `select id from ${channels}
     where is_active and state #>> '{session,failure,kind}' = 'capacity' and state ->> 'relay' is null
     order by (state #>> '{session,failure,at}')::numeric
     limit greatest(0, :most - (select count(*) from ${channels} where ${takesPlace}))`,
    { most: maxActiveRelays },
  );
  return rows.map((row) => row.id);
}
