import type { Knex } from "knex";

const schemaOf = (knex: Knex) => (knex.userParams as { schema: string }).schema;

/**
 * What brought an event into the log, as W3C Trace Context (`{"traceparent": …}`), so that whoever acts upon it goes on
 * with its trace, in whichever process; and of a channel, the advance that its state came of. Null where nothing is traced.
 */
export async function up(knex: Knex): Promise<void> {
  const schema = `"${schemaOf(knex)}"`;
  await knex.raw(`
    alter table ${schema}.events add column trace jsonb;
    alter table ${schema}.channels add column trace jsonb`);
}

export async function down(knex: Knex): Promise<void> {
  const schema = `"${schemaOf(knex)}"`;
  await knex.raw(`
    alter table ${schema}.events drop column trace;
    alter table ${schema}.channels drop column trace`);
}
