import { type EventFilter, listEventsAfter, rowsOf, table, type Tables } from "../eventlog/index.ts";
import { type ChannelLine, toChannelLine, toEventLine } from "./log-lines.ts";

/** Events that are read at a time. */
const pageSize = 1_000;

/**
 * The events that fit a filter as lines of NDJSON, the oldest first, each channel before the first of its events. A page
 * at a time: what is held doesn't grow with the log.
 */
export async function* exportLog(
  tables: Tables,
  filter: EventFilter,
): AsyncGenerator<{ text: string; events: number }> {
  const known = new Set<number>();
  for (let after = 0; ;) {
    const events = await listEventsAfter(tables, filter, { after, limit: pageSize });
    const last = events.at(-1);
    if (last === undefined) return;
    after = last.id;
    const ids = new Set(
      events.flatMap(({ channelId }) => (channelId === null || known.has(channelId) ? [] : channelId)),
    );
    for (const id of ids) known.add(id);
    const channels = await channelsWith(tables, [...ids]);
    yield { text: [...channels.map(toChannelLine), ...events.map(toEventLine)].join(""), events: events.length };
  }
}

async function channelsWith({ knex, schema }: Tables, ids: number[]): Promise<Omit<ChannelLine, "kind">[]> {
  if (ids.length === 0) return [];
  return rowsOf<Omit<ChannelLine, "kind">>(
    knex,
    `select id, name, host_user_id as "hostUserId", host_uid as "hostUid", relay_mode as "relayMode"
     from ${table(schema, "channels")} where id = any(:ids::integer[]) order by id`,
    { ids },
  );
}

/** Of these channels, how many have a part of their history in a snapshot only: that part is in no export. */
export async function countCut({ knex, schema }: Tables, channelIds: readonly number[]): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    knex,
    `select count(*) as count from ${table(schema, "snapshots")} where channel_id = any(:channelIds::integer[])`,
    { channelIds },
  );
  return row?.count ?? 0;
}
