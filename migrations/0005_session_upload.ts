import type { Knex } from "knex";

const schemaOf = (knex: Knex) => (knex.userParams as { schema: string }).schema;

/** Where a session's files are: all of them in the storage, or some in Agora's backup; null as long as nobody has said. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table "${schemaOf(knex)}".sessions add column upload text check (upload in ('storage', 'backup'))`);
}

/** A rebuild of the channels brings it back. */
export async function down(knex: Knex): Promise<void> {
  await knex.raw(`alter table "${schemaOf(knex)}".sessions drop column upload`);
}
