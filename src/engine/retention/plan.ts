import type { Knex } from "knex";

import { rowsOf, table } from "../../eventlog/index.ts";
import { readChannel } from "../channel-row.ts";
import { channelsWithHistoryBefore, daysAgo, type RetentionRules, viewerDays } from "./delete-old.ts";
import { isViewer, unfoldedBefore } from "./delete-rows.ts";
import { neededOf, type NeedReason } from "./needed.ts";
import { type Kind, type Rule, rulesFor, tooOld } from "./rules.ts";

/** What would be deleted now. */
export interface RetentionPlan {
  deletes: KindPlan[];
  /** Channels that keep events which are too old, by name. */
  keeps: KeptChannel[];
}

export interface KindPlan {
  kind: Kind;
  /** How long they are kept; null: for ever. */
  days: number | null;
  rows: number;
}

export interface KeptChannel {
  channel: string;
  /** Events that are too old, and stay. */
  events: number;
  reasons: NeedReason[];
}

/** Counts what `deleteOld` would delete, and says why anything stays. Changes nothing. */
export async function planRetention(rules: RetentionRules): Promise<RetentionPlan> {
  const { eventsDays, schema } = rules;
  const deletes: KindPlan[] = [];
  for (const rule of rulesFor(schema)) deletes.push(await planRule(rules, rule));
  const history = eventsDays === null ? nothing : await planHistory(rules, await daysAgo(rules, eventsDays));
  const viewers = await countViewers(rules, await daysAgo(rules, viewerDays(rules)));
  deletes.push(
    { kind: "viewers", days: viewerDays(rules), rows: viewers },
    { kind: "events", days: eventsDays, rows: history.events },
    { kind: "effects", days: eventsDays, rows: history.effects },
  );
  return { deletes, keeps: history.keeps };
}

interface HistoryPlan {
  events: number;
  effects: number;
  keeps: KeptChannel[];
}

const nothing: HistoryPlan = { events: 0, effects: 0, keeps: [] };

async function planRule({ knex }: RetentionRules, rule: Rule): Promise<KindPlan> {
  const { kind, days } = rule;
  const rows = await countOf(knex, `select count(*) as rows from ${tooOld(rule)}`, { days });
  return { kind, days, rows };
}

async function countViewers({ knex, schema }: RetentionRules, before: Date): Promise<number> {
  const sql = `select count(*) as rows from ${table(schema, "events")} e where ${isViewer} and e.received_at < :before`;
  return countOf(knex, sql, { before });
}

async function planHistory(rules: RetentionRules, before: Date): Promise<HistoryPlan> {
  const { knex, schema } = rules;
  const unfolded = `select count(*) as rows ${unfoldedBefore(schema)} and not ${isViewer}`;
  const plan = { ...nothing, events: await countOf(knex, unfolded, { before }), keeps: [] as KeptChannel[] };
  for (const channelId of await channelsWithHistoryBefore(rules, before)) {
    await knex.transaction(
      async (trx) => {
        const part = await planChannel(trx, schema, channelId, before);
        plan.events += part.events;
        plan.effects += part.effects;
        if (part.kept !== null) plan.keeps.push(part.kept);
      },
      { isolationLevel: "repeatable read", readOnly: true },
    );
  }
  return plan;
}

async function planChannel(
  trx: Knex.Transaction,
  schema: string,
  channelId: number,
  before: Date,
): Promise<{ events: number; effects: number; kept: KeptChannel | null }> {
  const channel = await readChannel(trx, schema, channelId);
  if (channel === null) return { events: 0, effects: 0, kept: null };
  const { since, fromId, reasons } = await neededOf(trx, schema, channel);
  const bound = since !== null && since < before ? since : before;
  const events = table(schema, "events");
  const [part] = await rowsOf<{ events: number; effects: number; stays: number }>(
    trx,
    `with kept as (
       select min(applied_version) as version from ${events}
       where channel_id = :channelId and applied_version is not null
         and (received_at >= :bound or id >= coalesce(:fromId::bigint, id + 1))
     ), part as materialized (
       select e.id, kept.version is null or e.applied_version < kept.version as goes, e.received_at
       from ${events} e, kept where e.channel_id = :channelId and e.applied_version is not null
     )
     select (select count(*) from part where goes) as events,
       (select count(*) from ${table(schema, "effects")} where event_id in (select id from part where goes)) as effects,
       (select count(*) from part where not goes and received_at < :before) as stays`,
    { channelId, before, bound, fromId },
  );
  const { stays = 0, ...goes } = part ?? { events: 0, effects: 0 };
  // What needs only what is young keeps nothing that is old.
  const because = reasons.filter(
    (need) => need.fromId !== undefined || (need.since !== undefined && need.since < before),
  );
  const kept = { channel: channel.name, events: stays, reasons: [...new Set(because.map(({ reason }) => reason))] };
  return { ...goes, kept: stays > 0 && kept.reasons.length > 0 ? kept : null };
}

async function countOf(db: Knex, sql: string, values: Record<string, unknown>): Promise<number> {
  const [row] = await rowsOf<{ rows: number }>(db, sql, values);
  return row?.rows ?? 0;
}
