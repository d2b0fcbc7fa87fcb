import type { Knex } from "knex";

import { jobsSchema } from "../db/index.ts";
import { quoted, rowsOf, table, type Tables } from "../eventlog/index.ts";

/** What the tables tell now. Ages are seconds, 0 if there is nothing that could have one. */
export interface Counts {
  live: number;
  dark: number;
  darkSeconds: number;
  hostless: number;
  hostlessSeconds: number;
  openSessions: number;
  pending: number;
  oldestPendingSeconds: number;
  failed: number;
  openEffects: number;
  deadEffects: number;
  processes: number;
  jobsDue: number;
  jobsLater: number;
  jobsRunning: number;
  notificationsWaiting: number;
  oldestNotificationSeconds: number;
  endpointsWell: number;
  endpointsFailing: number;
  endpointsDisabled: number;
}

/** Seconds that recorders ran, over all sessions. */
export interface RecorderSeconds {
  withHost: number;
  withoutHost: number;
}

/** A database that is slow has other things to do. */
const statementMs = 2_000;

/** Everything but the sum over all sessions, in one statement: each part of it by an index that holds few rows. */
export async function readCounts(tables: Tables): Promise<Counts> {
  return readRow<Counts>(tables, countsSql(tables.schema));
}

/** The running recorders' share goes on by the database's clock, as each session's does. */
export async function readRecorderSeconds(tables: Tables): Promise<RecorderSeconds> {
  return readRow<RecorderSeconds>(tables, recorderSecondsSql(tables.schema));
}

async function readRow<Row>({ knex }: Tables, sql: string): Promise<Row> {
  const [row] = await knex.transaction(
    async (trx: Knex) => {
      await trx.raw(`set local statement_timeout = ${statementMs}`);
      return rowsOf<Row>(trx, sql);
    },
    { readOnly: true },
  );
  if (row === undefined) throw new Error("the figures returned no row");
  return row;
}

function countsSql(schema: string): string {
  return `
    select watched.*, events.*, effects.*, jobs.*, notifications.*, endpoints.*,
      (select count(*)::integer from ${table(schema, "channels")} where is_active) as "openSessions",
      (select count(*)::integer from ${table(schema, "events")} where status = 'failed') as failed,
      (select count(*)::integer from ${table(schema, "processes")}
        where heartbeat_at > clock_timestamp() - interval '15 seconds') as processes
    from (
      select count(*) filter (where is_live)::integer as live,
        count(dark_since)::integer as dark, ${age("min(dark_since)")} as "darkSeconds",
        count(hostless_since)::integer as hostless, ${age("min(hostless_since)")} as "hostlessSeconds"
      from ${table(schema, "channels")} where is_live or dark_since is not null or hostless_since is not null
    ) watched, (
      select count(*)::integer as pending, ${age("min(received_at)")} as "oldestPendingSeconds"
      from ${table(schema, "events")} where status = 'pending' and channel_id is not null
    ) events, (
      select (select count(*)::integer from ${table(schema, "effects")} where status = 'open') as "openEffects",
        (select count(*)::integer from ${table(schema, "effects")} where status = 'dead') as "deadEffects"
    ) effects, (
      select count(*) filter (where locked_at is null and run_at <= clock_timestamp())::integer as "jobsDue",
        count(*) filter (where locked_at is null and run_at > clock_timestamp())::integer as "jobsLater",
        count(locked_at)::integer as "jobsRunning"
      from ${quoted(jobsSchema(schema))}.jobs
    ) jobs, (
      select count(*)::integer as "notificationsWaiting", ${age("min(since)")} as "oldestNotificationSeconds"
      from ${table(schema, "notification_deliveries")} where status = 'pending'
    ) notifications, (
      select count(*) filter (where enabled and failing_since is null)::integer as "endpointsWell",
        count(*) filter (where enabled and failing_since is not null)::integer as "endpointsFailing",
        count(*) filter (where not enabled)::integer as "endpointsDisabled"
      from ${table(schema, "notification_endpoints")}
    ) endpoints`;
}

/** 0 of none: `greatest` overlooks nulls. */
function age(moment: string): string {
  return `greatest(0, extract(epoch from clock_timestamp() - ${moment})::double precision)`;
}

function recorderSecondsSql(schema: string): string {
  const since = "(counting ->> 'since')::double precision / 1000";
  const running = `coalesce(greatest(0, extract(epoch from clock_timestamp())::double precision - ${since})
    * (counting ->> 'recorders')::integer, 0)`;
  const isHostless = "not coalesce((counting ->> 'hostPresent')::boolean, true)";
  return `
    select coalesce(sum(counted - hostless + case when is_hostless then 0 else running end), 0) as "withHost",
      coalesce(sum(hostless + case when is_hostless then running else 0 end), 0) as "withoutHost"
    from (
      select recorded_seconds as counted, recorded_seconds_without_host as hostless, ${running} as running,
        ${isHostless} as is_hostless
      from ${table(schema, "sessions")}
    ) sessions`;
}
