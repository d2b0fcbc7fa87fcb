import type { ChannelRow } from "../../db/index.ts";
import { rowsOf, table, type Tables } from "../../eventlog/index.ts";
import { type Afterwards, type RecentRefusals, recentRefusals } from "../../journal/index.ts";

/** The newest sample of how many watch. */
export interface Sample {
  agora: number | null;
  hls: number | null;
  at: Date;
}

export type OverviewRow = ChannelRow & { sample: Sample | null };

/** How long a channel without a session is shown, after its last change. */
export const shownHours = 12;

/**
 * Channels as the overview shows them.
 *
 * @param names - of these only; null: those with an open session, and those that changed in the last 12 hours
 */
export async function readOverviewRows(
  { knex, schema }: Tables,
  names: readonly string[] | null,
): Promise<OverviewRow[]> {
  const which =
    names === null
      ? `c.is_active or c.updated_at > clock_timestamp() - interval '${shownHours} hours'`
      : "c.name = any(:names)";
  type Row = ChannelRow & { agora: number | null; hls: number | null; sampled_at: Date | null };
  const rows = await rowsOf<Row>(
    knex,
    `select c.*, m.agora_viewers as agora, m.hls_viewers as hls, m."timestamp" as sampled_at
     from ${table(schema, "channels")} c left join lateral (
       select * from ${table(schema, "stream_metrics")} of_channel
       where c.is_active and of_channel.channel_id = c.id order by "timestamp" desc limit 1
     ) m on true
     where ${which}`,
    { names },
  );
  return rows.map(({ agora, hls, sampled_at: at, ...row }) => ({
    ...row,
    sample: at === null ? null : { agora, hls, at },
  }));
}

/** The channels with an open session that have a newer sample than this, and when it was taken. */
export function readSampledNames({ knex, schema }: Tables, since: Date): Promise<{ name: string; at: Date }[]> {
  return rowsOf<{ name: string; at: Date }>(
    knex,
    `select c.name, m.at from ${table(schema, "channels")} c cross join lateral (
       select max("timestamp") as at from ${table(schema, "stream_metrics")} of_channel
       where of_channel.channel_id = c.id
     ) m
     where c.is_active and m.at > :since`,
    { since },
  );
}

/** What is counted beside the channels. */
export interface Backlog {
  /** Events that wait to be folded into their channel. */
  pending: number;
  /** Events that broke our code. */
  failed: number;
  /** Effects that wait for a person. */
  dead: number;
  /** Whole seconds; null if none is pending. */
  oldestPendingSeconds: number | null;
  /** Deliveries to the webhooks' addresses that were refused in the last hour. */
  refusals: Refusals[];
}

/** So many of them for one reason. Times are ISO 8601. */
export interface Refusals {
  /** Whose they are, or are made to look like. */
  sender: string;
  /** To which they came. */
  path: string;
  why: string;
  count: number;
  firstAt: string;
  lastAt: string;
  isAlarming: boolean;
  todo: string;
  /** Whether it is over: `journal/recent-refusals.ts`. */
  afterwards: { state: Afterwards["state"]; at: string | null };
}

export async function readBacklog(tables: Tables): Promise<Backlog> {
  const { knex, schema } = tables;
  const events = table(schema, "events");
  const [backlog] = await rowsOf<Omit<Backlog, "refusals">>(
    knex,
    `select count(*)::integer as pending,
       floor(extract(epoch from clock_timestamp() - min(received_at)))::integer as "oldestPendingSeconds",
       (select count(*)::integer from ${events} where status = 'failed') as failed,
       (select count(*)::integer from ${table(schema, "effects")} where status = 'dead') as dead
     from ${events} where status = 'pending' and channel_id is not null`,
  );
  if (backlog === undefined) throw new Error("the counts returned no row");
  const refusals = (await recentRefusals(tables, 1)).map(toRefusals);
  // What is likely ours first; of each the newest.
  refusals.sort((a, b) => Number(b.isAlarming) - Number(a.isAlarming));
  return { ...backlog, refusals };
}

function toRefusals({ door, from, to, source: _, afterwards, ...refused }: RecentRefusals): Refusals {
  return {
    ...refused,
    path: `/webhooks${door}`,
    firstAt: from.toISOString(),
    lastAt: to.toISOString(),
    afterwards: { state: afterwards.state, at: afterwards.at?.toISOString() ?? null },
  };
}
