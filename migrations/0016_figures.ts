import type { Knex } from "knex";

const schemaOf = (knex: Knex) => (knex.userParams as { schema: string }).schema;

/**
 * What is counted whenever the figures are asked for: of channels, what else only their state tells; all of them by an
 * index that holds the few that matter now. Each channel has them from its next event on.
 */
export async function up(knex: Knex): Promise<void> {
  const schema = `"${schemaOf(knex)}"`;
  await knex.raw(`
    alter table ${schema}.channels
      add column is_live boolean not null default false,
      add column dark_since timestamptz,
      add column hostless_since timestamptz;
    create index channels_watched on ${schema}.channels (id)
      where is_live or dark_since is not null or hostless_since is not null`);
}

/** They follow from the state, and come back with each channel's next event. */
export async function down(knex: Knex): Promise<void> {
  const schema = `"${schemaOf(knex)}"`;
  await knex.raw(`
    drop index ${schema}.channels_watched;
    alter table ${schema}.channels drop column is_live, drop column dark_since, drop column hostless_since`);
}
