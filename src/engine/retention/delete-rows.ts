import type { Knex } from "knex";

import { audienceTypes, rowsOf, sqlList, table, type Tables } from "../../eventlog/index.ts";
import { ofOpenSession, type Rule, tooOld } from "./rules.ts";

/** Rows in one statement: some 50 ms of work. */
export const batchRows = 1_000;

/** @returns how many were deleted; fewer than `batchRows`: no more are too old */
export async function deleteByRule({ knex, schema }: Tables, rule: Rule): Promise<number> {
  const old = `select old.ctid, old.* from ${tooOld(rule)} limit :most for update skip locked`;
  const values = { days: rule.days, most: batchRows };
  if (rule.kind !== "notifications") {
    const deleted = await rowsOf(
      knex,
      `delete from ${rule.from} where ctid = any(array(select ctid from (${old}) old)) returning true`,
      values,
    );
    return deleted.length;
  }
  const deleted = await rowsOf(
    knex,
    `with old as materialized (${old}), deliveries as (
       delete from ${table(schema, "notification_deliveries")} d using old where d.notification_id = old.id
     )
     delete from ${rule.from} n using old where n.id = old.id returning true`,
    values,
  );
  return deleted.length;
}

/**
 * Deletes events that no channel ever folded: strays, health checks, what nobody could read, and viewers. What is pending
 * or broke our code stays.
 *
 * @param before - received before it
 * @returns how many; fewer than `batchRows`: no more are too old
 */
export async function deleteUnfolded({ knex, schema }: Tables, before: Date): Promise<number> {
  const deleted = await rowsOf(
    knex,
    `delete from ${table(schema, "events")} where id in (
       select e.id ${unfoldedBefore(schema)} limit :most for update of e skip locked
     ) returning true`,
    { before, most: batchRows },
  );
  return deleted.length;
}

/** SQL of the events that `deleteUnfolded` takes. Takes `:before`. */
export function unfoldedBefore(schema: string): string {
  return `from ${table(schema, "events")} e left join ${table(schema, "channels")} c on c.id = e.channel_id
    where e.received_at < :before and e.applied_version is null and e.status in ('applied', 'ignored', 'unrecognised')
      and not ${ofOpenSession}`;
}

/** SQL of a viewer's coming or going that no channel folded, an event named `e`. */
export const isViewer = `(e.type in (${sqlList(audienceTypes)}) and e.applied_version is null and e.status = 'applied')`;

/** Events that are looked at in one statement: 0.1 s on two busy cores if all of them go. */
const pageEvents = 2_000;

/**
 * Deletes viewers' coming and going from where it came to the last time: the log is read once, not every day from its
 * beginning. It stops before the first event that is young enough, or that an open session's count of viewers needs.
 *
 * @param before - received before it
 * @returns how many were deleted, and whether there is more to look at
 */
export async function deleteViewers(
  { knex, schema }: Tables,
  before: Date,
): Promise<{ deleted: number; more: boolean }> {
  return knex.transaction(async (trx) => {
    const [read] = await rowsOf<{ upTo: number | null; deleted: number; more: boolean }>(
      trx,
      deleteViewersSql(schema),
      { before, most: pageEvents },
    );
    if (read?.upTo == null) return { deleted: 0, more: false };
    await noteViewers(trx, schema, read.upTo);
    return read;
  });
}

function deleteViewersSql(schema: string): string {
  const events = table(schema, "events");
  return `
    with page as materialized (
      select e.id, ${isViewer} as goes, e.received_at >= :before or (${isViewer} and ${ofOpenSession}) as stays
      from ${events} e left join ${table(schema, "channels")} c on c.id = e.channel_id
      where e.id > (select viewers_up_to from ${table(schema, "retention")}) order by e.id limit :most
    ), kept as (
      select min(id) as id from page where stays
    ), reached as (
      select max(page.id) as id from page, kept where kept.id is null or page.id < kept.id
    ), deleted as (
      delete from ${events} e using page, reached
      where e.id = page.id and page.goes and page.id <= reached.id and ${isViewer} returning true
    )
    select reached.id as "upTo", (select count(*) from deleted) as deleted,
      kept.id is null and (select count(*) from page) >= :most as more
    from reached, kept`;
}

async function noteViewers(trx: Knex.Transaction, schema: string, upTo: number): Promise<void> {
  await rowsOf(trx, `update ${table(schema, "retention")} set viewers_up_to = greatest(viewers_up_to, :upTo::bigint)`, {
    upTo,
  });
}
