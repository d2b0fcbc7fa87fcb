import { type EventFilter, filterSql } from "./read.ts";
import { rowsOf, table, type Tables } from "./tables.ts";

/** Events of the log that were chosen once and stay the same, whatever comes in after. */
export type Selection = Omit<EventFilter, "limit">;

/** What a filter comes to. None of the events themselves: there may be millions. */
export interface Selected {
  selection: Selection;
  /** How many events there are. */
  events: number;
  /** There may be more that fit: these are the newest. */
  isTruncated: boolean;
  /** The channels that they belong to, by id, and how many events each has in its whole history. */
  channels: { channelId: number; folded: number }[];
}

/**
 * Chooses events, so that what is done with them is done with these however long it takes.
 *
 * @param filter - with a limit only so many, the newest; without one all that fit
 */
export async function selectEvents(tables: Tables, { limit, ...filter }: EventFilter): Promise<Selected> {
  const { knex, schema } = tables;
  const events = table(schema, "events");
  const newest = limit === undefined ? "" : "order by e.id desc limit :limit";
  const [chosen] = await rowsOf<{ events: number; first: number | null; last: number | null }>(
    knex,
    `select count(*) as events, min(id) as first, max(id) as last
     from (select e.id from ${events} e where ${filterSql(schema, filter)} ${newest}) chosen`,
    { ...filter, ...(limit !== undefined && { limit }) },
  );
  const selection: Selection = { ...filter, from: chosen?.first ?? 0, before: (chosen?.last ?? 0) + 1 };
  const count = chosen?.events ?? 0;
  return { selection, events: count, isTruncated: count === limit, channels: await channelsOf(tables, selection) };
}

/** @param after - only channels with a greater id */
export async function channelsOf(
  { knex, schema }: Tables,
  selection: Selection,
  after = 0,
): Promise<Selected["channels"]> {
  const events = table(schema, "events");
  return rowsOf<Selected["channels"][number]>(
    knex,
    `select of.channel_id as "channelId", (
       select count(*) from ${events} h where h.channel_id = of.channel_id and h.applied_version is not null
     ) as folded
     from (select distinct e.channel_id from ${events} e
       where e.channel_id > :after and ${filterSql(schema, selection)}) of
     order by of.channel_id`,
    { ...selection, after },
  );
}
