import type { Knex } from "knex";

const schemaOf = (knex: Knex) => (knex.userParams as { schema: string }).schema;

/** How far each replay has come, so that one that was interrupted goes on where it was. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table "${schemaOf(knex)}".replays (
      id bigint generated always as identity primary key,
      selection jsonb not null,
      act boolean not null,
      ended boolean not null,
      asked_by text not null,
      channels integer not null,
      done_channels integer not null default 0,
      done_up_to integer not null default 0,
      changed integer not null default 0,
      created_at timestamptz not null default clock_timestamp(),
      finished_at timestamptz
    )`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`drop table "${schemaOf(knex)}".replays`);
}
