import type { Knex } from "knex";

const schemaOf = (knex: Knex) => (knex.userParams as { schema: string }).schema;

/**
 * What an old part of a channel's history came to, so that its events needn't be kept: the state, and each session as it
 * was. And one row for the work that deletes what is too old: when it is due, who is at it, how far it is with viewers.
 */
export async function up(knex: Knex): Promise<void> {
  const schema = `"${schemaOf(knex)}"`;
  await knex.raw(`
    create table ${schema}.snapshots (
      channel_id integer primary key references ${schema}.channels,
      version integer not null,
      up_to timestamptz not null,
      events bigint not null,
      state jsonb not null,
      taken_at timestamptz not null default clock_timestamp()
    );
    create table ${schema}.snapshot_sessions (
      channel_id integer not null references ${schema}.snapshots on delete cascade,
      number integer not null,
      session jsonb not null,
      primary key (channel_id, number)
    );

    create table ${schema}.retention (
      is_only boolean primary key default true check (is_only),
      next_at timestamptz not null default '-infinity',
      claimed_until timestamptz not null default '-infinity',
      viewers_up_to bigint not null default 0,
      finished_at timestamptz
    );
    insert into ${schema}.retention default values;

    create index effects_of_event on ${schema}.effects (event_id);
    create index notifications_of_event on ${schema}.notifications (event_id) where event_id is not null`);
}

/** @throws once a part of a history is in a snapshot only: without it the channel could not be rebuilt */
export async function down(knex: Knex): Promise<void> {
  const schema = `"${schemaOf(knex)}"`;
  await knex.raw(`
    do $$ begin
      if exists (select from ${schema}.snapshots) then
        raise exception 'events were deleted, and the snapshots hold what they came to: they must stay';
      end if;
    end $$;
    drop index ${schema}.notifications_of_event;
    drop index ${schema}.effects_of_event;
    drop table ${schema}.retention;
    drop table ${schema}.snapshot_sessions;
    drop table ${schema}.snapshots`);
}
