import type { Knex } from "knex";

import { rowsOf, table } from "../../eventlog/index.ts";
import { lockChannel } from "../channel-row.ts";
import type { FoldRules } from "../fold-stored.ts";
import { type Needed, neededOf } from "./needed.ts";
import { takeSnapshot } from "./take-snapshot.ts";

export interface Cut {
  /** Deleted rows. */
  events: number;
  effects: number;
  /** There may be more to cut off. */
  more: boolean;
}

const nothing: Cut = { events: 0, effects: 0, more: false };

/**
 * Puts the oldest part of a channel's history into its snapshot and deletes that part's events, with the effects of its
 * decisions: in one transaction, so that a rebuild comes to the same before and after. Whole versions only, so that what is
 * folded late finds a place after it. An event that breaks our code ends the part before it.
 *
 * @param before - events received before it may go
 * @param most - about so many events: the channel is locked for as long as folding them takes
 */
export async function cutHistory(
  trx: Knex.Transaction,
  schema: string,
  channelId: number,
  { before, most }: { before: Date; most: number },
  rules: FoldRules,
): Promise<Cut> {
  const channel = await lockChannel(trx, schema, channelId, { skipLocked: true });
  if (channel === null) return nothing;
  const part = await oldPart(trx, schema, { channelId, before, most }, await neededOf(trx, schema, channel));
  if (part === null || !(await takeSnapshot(trx, schema, channelId, part, rules))) return nothing;
  return { ...(await deletePart(trx, schema, channelId, part.version)), more: part.isFull };
}

interface Part {
  /** The last whole version in it. */
  version: number;
  /** When its newest event was received. */
  upTo: Date;
  /** It was ended by how many events it may have. */
  isFull: boolean;
}

/** @returns null if there is none */
async function oldPart(
  db: Knex,
  schema: string,
  of: { channelId: number; before: Date; most: number },
  needed: Needed,
): Promise<Part | null> {
  const { since, fromId } = needed;
  const bounds = { before: since !== null && since < of.before ? since : of.before, fromId };
  const stays = `(received_at >= :before or id >= coalesce(:fromId::bigint, id + 1))`;
  const [part] = await rowsOf<{ version: number | null; upTo: Date; isFull: boolean }>(
    db,
    `with oldest as materialized (
       select id, applied_version as version, received_at from ${table(schema, "events")}
       where channel_id = :channelId and applied_version > coalesce(
         (select version from ${table(schema, "snapshots")} where channel_id = :channelId), -1)
       order by applied_version, id limit :most
     ), reached as (select max(version) as version from oldest),
     -- The rest of the last version too, which may be cut through by the limit.
     page as (
       select id, version, received_at from oldest
       union
       select id, applied_version, received_at from ${table(schema, "events")}, reached
       where channel_id = :channelId and applied_version = reached.version
     ), kept as (select min(version) as version from page where ${stays})
     select max(page.version) as version, max(page.received_at) as "upTo",
       (select count(*) from oldest) >= :most and (select version from kept) is null as "isFull"
     from page, kept where kept.version is null or page.version < kept.version`,
    { ...of, ...bounds },
  );
  return part?.version == null ? null : { ...part, version: part.version };
}

async function deletePart(
  trx: Knex.Transaction,
  schema: string,
  channelId: number,
  version: number,
): Promise<{ events: number; effects: number }> {
  const part = `select id from ${table(schema, "events")}
    where channel_id = :channelId and applied_version is not null and applied_version <= :version`;
  // Each is closed, or it would have kept its event: were one not, the events could not be deleted.
  const effects = await rowsOf(
    trx,
    `delete from ${table(schema, "effects")} where event_id in (${part}) and status <> 'open' returning id`,
    { channelId, version },
  );
  await rowsOf(trx, `update ${table(schema, "notifications")} set event_id = null where event_id in (${part})`, {
    channelId,
    version,
  });
  const events = await rowsOf(trx, `delete from ${table(schema, "events")} where id in (${part}) returning id`, {
    channelId,
    version,
  });
  return { events: events.length, effects: effects.length };
}
