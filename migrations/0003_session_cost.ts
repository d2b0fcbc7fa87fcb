import type { Knex } from "knex";

const sessionsOf = (knex: Knex) => `"${(knex.userParams as { schema: string }).schema}".sessions`;

/**
 * What an estimate of a session's cost needs beside its seconds. Whatever was recorded before was Cloud Recording at
 * 1280x720.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table ${sessionsOf(knex)}
      add column recorded_seconds_media_push double precision not null default 0,
      add column resolution text not null default 'HD' check (resolution in ('HD', 'FHD')),
      add column counting jsonb`);
}

/** A rebuild makes them again. */
export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table ${sessionsOf(knex)}
      drop column recorded_seconds_media_push, drop column resolution, drop column counting`);
}
