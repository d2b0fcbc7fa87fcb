import type { Knex } from "knex";

const schemaOf = (knex: Knex) => (knex.userParams as { schema: string }).schema;

/** Which browser has the page of a recorder open: one row for each recorder whose page was ever opened. */
export async function up(knex: Knex): Promise<void> {
  const schema = `"${schemaOf(knex)}"`;
  await knex.raw(`
    create table ${schema}.stage_visits (
      channel_id integer not null references ${schema}.channels,
      session integer not null,
      attempt integer not null,
      visit_hash text not null,
      openings integer not null default 1,
      opened_at timestamptz not null default clock_timestamp(),
      seen_at timestamptz not null default clock_timestamp(),
      primary key (channel_id, session, attempt)
    )`);
}

/** Whoever has a page open then asks again, and is the first. */
export async function down(knex: Knex): Promise<void> {
  await knex.schema.withSchema(schemaOf(knex)).dropTable("stage_visits");
}
