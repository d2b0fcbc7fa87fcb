import type { Knex } from "knex";

const schemaOf = (knex: Knex) => (knex.userParams as { schema: string }).schema;

/**
 * When the first and the last delivery of a row were refused: a minute is too coarse beside events of a session. Of the
 * rows that are there, it is the whole minute. A process of an earlier version goes on writing rows, so both have a default.
 */
export async function up(knex: Knex): Promise<void> {
  const refusals = `"${schemaOf(knex)}".refusals`;
  await knex.raw(`
    alter table ${refusals}
      add column first_at timestamptz not null default clock_timestamp(),
      add column last_at timestamptz not null default clock_timestamp();
    update ${refusals} set first_at = minute, last_at = least(minute + interval '59 seconds', clock_timestamp())`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`alter table "${schemaOf(knex)}".refusals drop column first_at, drop column last_at`);
}
