import type { Knex } from "knex";

const schemaOf = (knex: Knex) => (knex.userParams as { schema: string }).schema;

/** Notifications of Media Push name their converter and no channel: it is found by the session that had it. */
export async function up(knex: Knex): Promise<void> {
  const schema = `"${schemaOf(knex)}"`;
  await knex.raw(`create index sessions_recordings on ${schema}.sessions using gin (recording_sids)`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`drop index "${schemaOf(knex)}".sessions_recordings`);
}
