import type { Knex } from "knex";

const schemaOf = (knex: Knex) => (knex.userParams as { schema: string }).schema;

/** What operators look up over all channels: the last sessions, and the events that broke our code. */
export async function up(knex: Knex): Promise<void> {
  const schema = `"${schemaOf(knex)}"`;
  await knex.raw(`
    create index sessions_opened on ${schema}.sessions (opened_at, id);
    create index events_failed on ${schema}.events (id) where status = 'failed'`);
}

export async function down(knex: Knex): Promise<void> {
  const schema = `"${schemaOf(knex)}"`;
  await knex.raw(`drop index ${schema}.sessions_opened; drop index ${schema}.events_failed`);
}
