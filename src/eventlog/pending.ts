import type { Knex } from "knex";

import type { TraceContext } from "../traces/index.ts";
import { audienceTypes, hostTypes, sqlList } from "./event-types.ts";
import { foldableColumns, type FoldableEvent } from "./stored-event.ts";
import { rowsOf, table } from "./tables.ts";

export interface Pending {
  /** In the order in which they are folded. */
  events: PendingEvent[];
  /** The database's clock, read after everything in `events` was received. */
  now: Date;
}

/** An event with what brought it into the log, if that is traced. */
export interface PendingEvent extends FoldableEvent {
  trace: TraceContext | null;
}

type PendingRow = PendingEvent & { now: Date };

/** One user's viewer events in one pass; whoever joins and leaves more often waits for the next. */
const audienceMost = 100;

/**
 * What of a channel is to be folded: its pending events, and the viewer events of users that those (or the state) take
 * for hosts, so that a 105 and a 103 of one user give the same facts in either order.
 *
 * To be called with the channel's row locked, as a statement of its own: what was committed before the lock is seen.
 *
 * @param of.knownUids - users in the state's presence
 * @param of.limit - pending events at most; if that many came there may be more
 */
export async function pendingOf(
  trx: Knex,
  schema: string,
  of: { channelId: number; knownUids: string[]; limit: number },
): Promise<Pending> {
  const events = table(schema, "events");
  const sql = `
    with pending as (
      select * from ${events} where channel_id = :channelId and status = 'pending' order by id limit :limit
    ), uids as (
      select unnest(:knownUids::text[]) as uid
      union
      select payload #>> '{payload,uid}' from pending where type in (${sqlList(hostTypes)})
    ), audience as (
      select viewer.* from uids cross join lateral (
        select * from ${events} e
        where e.channel_id = :channelId and e.type in (${sqlList(audienceTypes)}) and e.applied_version is null
          and e.status = 'applied' and e.payload #>> '{payload,uid}' = uids.uid
        order by e.id limit ${audienceMost}
      ) viewer
    ), foldable as (select * from pending union all select * from audience)
    select clock.now, e.trace, ${foldableColumns}
    from (select clock_timestamp() as now) clock left join foldable e on true
    order by e.id`;
  const rows = await rowsOf<PendingRow | { id: null; now: Date }>(trx, sql, of);
  const [first] = rows;
  if (first === undefined) throw new Error("the clock returned no row");
  return { events: rows.filter((row): row is PendingRow => row.id !== null), now: first.now };
}

/** Events of a history that are read at a time. */
const pageSize = 1000;

/**
 * Everything that was ever folded into a channel, in the order in which it was: by version, and within one by id.
 *
 * @param trx - a transaction that holds the channel's row, so that nothing is folded meanwhile
 * @param part - only what was folded into later versions than `after`, and into none later than `until`
 */
export async function* historyOf(
  trx: Knex,
  schema: string,
  channelId: number,
  { after = -1, until = null }: { after?: number; until?: number | null } = {},
): AsyncGenerator<FoldableEvent> {
  const read = (version: number, id: number): Promise<FoldableEvent[]> =>
    rowsOf<FoldableEvent>(
      trx,
      `select ${foldableColumns} from ${table(schema, "events")} e
       where e.channel_id = :channelId and e.applied_version is not null
         and (e.applied_version, e.id) > (:version::integer, :id::bigint)
         and (:until::integer is null or e.applied_version <= :until::integer)
       order by e.applied_version, e.id limit ${pageSize}`,
      { channelId, version, id, until },
    );
  let next: Promise<FoldableEvent[]> | null = read(after + 1, 0);
  while (next !== null) {
    const page: FoldableEvent[] = await next;
    const last = page.at(-1);
    // The database reads the next page while this one is folded.
    next = last === undefined || page.length < pageSize ? null : read(last.appliedVersion ?? 0, last.id);
    // Whoever has had enough of it doesn't wait for that page, nor for its failure.
    next?.catch(() => undefined);
    yield* page;
  }
}
