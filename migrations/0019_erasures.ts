import type { Knex } from "knex";

const schemaOf = (knex: Knex) => (knex.userParams as { schema: string }).schema;

/**
 * When an event was changed because a person was erased from it: its body is not what was received any more. The numbers
 * that stand for erased people begin above Agora's uids, which have 32 bits.
 */
export async function up(knex: Knex): Promise<void> {
  const schema = `"${schemaOf(knex)}"`;
  await knex.raw(`
    alter table ${schema}.events add column erased_at timestamptz;
    create sequence ${schema}.pseudonyms start 4294967296 maxvalue 9999999999`);
}

/** Who was erased stays erased. */
export async function down(knex: Knex): Promise<void> {
  const schema = `"${schemaOf(knex)}"`;
  await knex.raw(`
    drop sequence ${schema}.pseudonyms;
    alter table ${schema}.events drop column erased_at`);
}
