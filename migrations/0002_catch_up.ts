import type { Knex } from "knex";

/**
 * When anybody was last alive, and what was asked of Agora after a time in which nobody was. A row of `processes` goes
 * with its process; the one row of `heartbeat` stays. It begins with what an earlier version has left, if anything.
 */
export async function up(knex: Knex): Promise<void> {
  const schema = (knex.userParams as { schema: string }).schema;
  await knex.raw(statements.join(";\n").replaceAll("{schema}", `"${schema}"`));
}

export async function down(): Promise<void> {
  await Promise.reject(new Error("Tally's tables hold what providers will never send again: drop the schema by hand"));
}

const statements = [
  `create table {schema}.heartbeat (
    singleton boolean primary key default true check (singleton),
    beat_at timestamptz,
    previous_at timestamptz
  )`,
  `insert into {schema}.heartbeat (beat_at) select max(heartbeat_at) from {schema}.processes`,

  `create table {schema}.catch_ups (
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
  )`,
  `create index catch_ups_open on {schema}.catch_ups (id) where status = 'open'`,
];
