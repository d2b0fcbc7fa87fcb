import type { Knex } from "knex";

import { rowsOf, table, type Tables } from "../eventlog/index.ts";
import { reservedUids } from "../live/index.ts";
import { countedTypes, factsSql, whole } from "./audience-facts.ts";

export interface AudienceRules extends Tables {
  /** Agora's `clientType`s that are nobody's eyes. */
  botClientTypes: readonly number[];
  /** Events in one transaction; 5,000 take about 0.1 s. */
  batch?: number;
}

/** A flood that outruns this many batches leaves a sample without a number. */
const batchesMost = 200;

/**
 * Brings the channel's audience up to what the log holds. What was read in the last minute is read again: ids are given
 * out before the commit, so that a lower one may appear after a higher one (a statement lasts 30 s at most). It changes
 * nothing, since a row only ever moves on to what is newer by Agora's own counter.
 *
 * @returns false if it did not come to the end of the log, or the channel is not counted any more
 */
export async function readAudience(rules: AudienceRules, channelId: number): Promise<boolean> {
  let after: number | null = null;
  for (let n = 0; n < batchesMost; n++) {
    const read: Read | null = await rules.knex.transaction((trx) => readBatch(trx, rules, channelId, after));
    if (read === null) return false;
    if (read.isLast) return true;
    after = read.last;
  }
  return false;
}

interface Read {
  last: number;
  isLast: boolean;
}

interface Counted {
  readFrom: number;
  readTo: number;
  /** Null before the first checkup. */
  checkedTs: string | null;
}

/** The lock keeps two processes from using two different checkups for the same rows. */
async function readBatch(
  trx: Knex.Transaction,
  { schema, botClientTypes, batch = 5_000 }: AudienceRules,
  channelId: number,
  position: number | null,
): Promise<Read | null> {
  const [counted] = await rowsOf<Counted>(
    trx,
    `select read_from as "readFrom", read_to as "readTo", checked_ts as "checkedTs"
     from ${table(schema, "viewer_counts")} where channel_id = :channelId for update`,
    { channelId },
  );
  if (counted === undefined) return null;
  const after = position ?? counted.readTo;
  const range = await rangeOf(trx, schema, { channelId, after, batch });
  if (range === null) return { last: after, isLast: true };

  const own = Object.values(reservedUids(channelId));
  const known = { channelId, bots: [...botClientTypes], own };
  const isNewer = range.check !== null && Number(range.check.ts) > Number(counted.checkedTs ?? 0);
  const checkedTs = isNewer && range.check !== null ? range.check.ts : counted.checkedTs;
  if (isNewer) {
    await moveToCheckup(trx, schema, { ...known, checkedTs, after: counted.readFrom, to: Math.max(after, range.last) });
  }
  await rowsOf(trx, upsertSql(schema), { ...known, checkedTs, after, to: range.last });
  await rowsOf(
    trx,
    `update ${table(schema, "viewer_counts")}
     set read_to = greatest(read_to, :settled::bigint), ended_ts = greatest(ended_ts, :endedTs::numeric)
       ${isNewer ? ", checked_ts = :checkedTs::numeric, checked_total = :total::integer" : ""}
     where channel_id = :channelId`,
    {
      channelId,
      settled: range.settled,
      endedTs: range.endedTs,
      checkedTs: checkedTs ?? null,
      total: range.check?.total ?? null,
    },
  );
  return { last: range.last, isLast: range.read < batch };
}

interface Range {
  read: number;
  last: number;
  /** Up to where nothing can appear any more. */
  settled: number | null;
  /** When the channel ended last. Agora's seconds. */
  endedTs: string | null;
  /** Agora's newest count, and when it came in. Our seconds. */
  check: { ts: string; total: number } | null;
}

async function rangeOf(
  trx: Knex.Transaction,
  schema: string,
  values: { channelId: number; after: number; batch: number },
): Promise<Range | null> {
  const isCheckup = `type = 'PresenceChecked' and total is not null`;
  const [range] = await rowsOf<Omit<Range, "last"> & { last: number | null }>(
    trx,
    `select count(*)::integer as read, max(id) as last,
       max(id) filter (where received_at < clock_timestamp() - interval '60 seconds') as settled,
       (max(ts) filter (where type = 'rtc.102'))::text as "endedTs",
       (array_agg(json_build_object('ts', extract(epoch from received_at)::text, 'total', total)
          order by received_at desc) filter (where ${isCheckup}))[1] as "check"
     from (
       select e.id, e.type, e.received_at,
         case when e.type = 'rtc.102' then ${whole("ts", 12)}::numeric end as ts,
         case when e.type = 'PresenceChecked' then (e.payload ->> 'audienceTotal')::integer end as total
       from ${table(schema, "events")} e
       where e.channel_id = :channelId and e.id > :after
         and e.type in (${countedTypes.map((type) => `'${type}'`).join(", ")})
       order by e.id limit :batch
     ) e`,
    values,
  );
  if (range?.last == null) return null;
  return { ...range, last: range.last };
}

/**
 * From here on the count goes out from this checkup. Almost always nobody has an event after it yet; who has is read
 * from the log again.
 */
async function moveToCheckup(
  trx: Knex.Transaction,
  schema: string,
  values: { channelId: number; bots: number[]; own: number[]; checkedTs: string | null; after: number; to: number },
): Promise<void> {
  const audience = table(schema, "audience");
  await rowsOf(
    trx,
    `update ${audience} set at_checkup = newest, since_checkup = null
     where channel_id = :channelId and newest[3] <= :checkedTs::numeric
       and (at_checkup is distinct from newest or since_checkup is not null)`,
    values,
  );
  const late = await rowsOf<{ uid: number }>(
    trx,
    `select uid from ${audience} where channel_id = :channelId and newest[3] > :checkedTs::numeric`,
    values,
  );
  if (late.length === 0) return;
  await rowsOf(
    trx,
    `update ${audience} a set at_checkup = f.at_checkup, since_checkup = f.since_checkup
     from (${perUserSql(schema, "e.id > :after and e.id <= :to")}) f
     where a.channel_id = :channelId and a.uid = f.uid and f.uid = any(:late::bigint[])`,
    { ...values, late: late.map(({ uid }) => uid) },
  );
}

/**
 * Of the events of one user: the newest; the newest up to the checkup; the first since. Arrays compare member by member,
 * so of equal `seq` the leave wins.
 */
function perUserSql(schema: string, condition: string): string {
  return `
    select uid, bool_or(bot) as bot, max(array[seq, gone, ts]) as newest,
      max(array[seq, gone, ts]) filter (where ts <= :checkedTs::numeric) as at_checkup,
      min(array[seq, was]) filter (where ts > :checkedTs::numeric) as since_checkup
    from (${factsSql(schema, condition)}) facts
    group by uid`;
}

/** A row that would stay as it is is not written again. */
function upsertSql(schema: string): string {
  const merged = `greatest(a.newest, excluded.newest), greatest(a.at_checkup, excluded.at_checkup),
    least(a.since_checkup, excluded.since_checkup), a.bot or excluded.bot`;
  return `
    insert into ${table(schema, "audience")} as a (channel_id, uid, newest, at_checkup, since_checkup, bot)
    select :channelId, uid, newest, at_checkup, since_checkup, bot
    from (${perUserSql(schema, "e.id > :after and e.id <= :to")}) users
    order by uid
    on conflict (channel_id, uid) do update set (newest, at_checkup, since_checkup, bot) = row(${merged})
    where (a.newest, a.at_checkup, a.since_checkup, a.bot) is distinct from (${merged})`;
}
