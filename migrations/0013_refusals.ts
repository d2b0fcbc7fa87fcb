import type { Knex } from "knex";

const schemaOf = (knex: Knex) => (knex.userParams as { schema: string }).schema;

/**
 * How many deliveries were refused at a webhook's address, a row for each minute and reason: nothing of what was sent,
 * since anybody may have sent it.
 */
export async function up(knex: Knex): Promise<void> {
  const schema = `"${schemaOf(knex)}"`;
  await knex.raw(`
    create table ${schema}.refusals (
      minute timestamptz not null,
      source text not null,
      door text not null,
      why text not null,
      count integer not null,
      primary key (minute, door, why)
    )`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.withSchema(schemaOf(knex)).dropTable("refusals");
}
