import type { Knex } from "knex";

const schemaOf = (knex: Knex) => (knex.userParams as { schema: string }).schema;

/**
 * When anybody was last alive, and what was asked of Agora after a time in which nobody was. A row of `processes` goes
 * with its process; the one row of `heartbeat` stays. It begins with what an earlier version has left, if anything.
 */
export async function up(knex: Knex): Promise<void> {
  const schema = `"${schemaOf(knex)}"`;
  await knex.raw(`
    create table ${schema}.heartbeat (
      singleton boolean primary key default true check (singleton),
      beat_at timestamptz,
      previous_at timestamptz
    );
    insert into ${schema}.heartbeat (beat_at) select max(heartbeat_at) from ${schema}.processes;

    create table ${schema}.catch_ups (
      id bigint generated always as identity primary key,
      why text not null check (why in ('outage', 'operator')),
      channel text,
      gap_seconds double precision,
      status text not null default 'open' check (status in ('open', 'done', 'failed')),
      to_ask jsonb,
      listed integer not null default 0,
      doubted integer not null default 0,
      asked integer not null default 0,
      registered integer not null default 0,
      error text,
      created_at timestamptz not null default clock_timestamp(),
      finished_at timestamptz
    );
    create index catch_ups_open on ${schema}.catch_ups (id) where status = 'open'`);
}

/** Nothing in them is needed: the answers are events. */
export async function down(knex: Knex): Promise<void> {
  await knex.schema.withSchema(schemaOf(knex)).dropTable("catch_ups").dropTable("heartbeat");
}
