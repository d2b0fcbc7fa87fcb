import type { Knex } from "knex";

const schemaOf = (knex: Knex) => (knex.userParams as { schema: string }).schema;

/**
 * When a session that was live had no picture though its host was there: `[{ "from": ms, "to": ms or null }]`. Earlier
 * sessions have it once their channel is rebuilt.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`alter table "${schemaOf(knex)}".sessions add column drops jsonb not null default '[]'`);
}

/** They follow from the events. */
export async function down(knex: Knex): Promise<void> {
  await knex.raw(`alter table "${schemaOf(knex)}".sessions drop column drops`);
}
