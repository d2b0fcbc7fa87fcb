import { rowsOf, table, type Tables } from "../eventlog/index.ts";

/** A channel of which this process, and no other, takes the sample of this time. */
export interface Claim {
  channelId: number;
  at: Date;
}

/** Forgets who was in the audience of a channel whose session is over, also if the next one is open already. */
export async function forgetEnded({ knex, schema }: Tables): Promise<void> {
  await rowsOf(
    knex,
    `delete from ${table(schema, "viewer_counts")} v using ${table(schema, "channels")} c
     where c.id = v.channel_id
       and (not c.is_active or (c.state #>> '{session,number}')::integer is distinct from v.session)`,
  );
}

/**
 * Begins to count where a session was opened. The first sample is due at the next whole interval, so that none lies
 * before its session. The log is read from an hour before it: an audience often waits for its host.
 */
export async function beginOpened({ knex, schema }: Tables, intervalSeconds: number): Promise<void> {
  const opened = await rowsOf<{ channelId: number; session: number; since: Date }>(
    knex,
    `select c.id as "channelId", (c.state #>> '{session,number}')::integer as session,
       coalesce(c.started_at, clock_timestamp()) - interval '1 hour' as since
     from ${table(schema, "channels")} c
     where c.is_active and not exists (select from ${table(schema, "viewer_counts")} v where v.channel_id = c.id)`,
  );
  for (const begun of opened) {
    await rowsOf(
      knex,
      // Not `min(e.id)` alone: for that Postgres walks the channel's whole history up to the time, from its beginning.
      `insert into ${table(schema, "viewer_counts")} (channel_id, session, next_at, read_from, read_to)
       select :channelId, :session, ${nextInterval}, first.id, first.id
       from (
         select coalesce(min(e.id + 0) - 1, 0) as id
         from ${table(schema, "events")} e where e.channel_id = :channelId and e.received_at >= :since
       ) first
       on conflict do nothing`,
      { ...begun, interval: intervalSeconds },
    );
  }
}

/** Takes the channel that has waited longest for its sample, unless another process has it in hand. */
export async function claimDue({ knex, schema }: Tables, intervalSeconds: number): Promise<Claim | null> {
  const [claim] = await rowsOf<Claim>(
    knex,
    `update ${table(schema, "viewer_counts")} v set next_at = ${nextInterval}
     where v.channel_id = (
       select due.channel_id
       from ${table(schema, "viewer_counts")} due
       join ${table(schema, "channels")} c on c.id = due.channel_id
       where due.next_at <= clock_timestamp() and c.is_active
       order by due.next_at limit 1
       for update of due skip locked
     )
     returning v.channel_id as "channelId", v.next_at - make_interval(secs => :interval) as at`,
    { interval: intervalSeconds },
  );
  return claim ?? null;
}

const nextInterval = `to_timestamp(
  (floor(extract(epoch from clock_timestamp()) / :interval::numeric) + 1)::double precision * :interval)`;
