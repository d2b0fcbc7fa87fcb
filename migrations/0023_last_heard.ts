import type { Knex } from "knex";

const schemaOf = (knex: Knex) => (knex.userParams as { schema: string }).schema;

/**
 * When each of Cloudflare's webhooks last came, also of one that never did: without an index that is a reading of the whole
 * log. Agora's, which are most of it, are not in it and cost nothing more to append; the newest is never far.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create index events_of_cloudflare on "${schemaOf(knex)}".events (split_part(type, '.', 1), id)
      where source = 'cloudflare'`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`drop index "${schemaOf(knex)}".events_of_cloudflare`);
}
