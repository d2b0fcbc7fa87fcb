import type { Knex } from "knex";

const schemaOf = (knex: Knex) => (knex.userParams as { schema: string }).schema;

/**
 * Every call of a provider, for people. It is written beside the calls and nothing reads it to decide anything, so it
 * references no other table: a row must not wait for a lock. An `outcome` of null is a call that has not ended, or whose
 * process was killed in it.
 */
export async function up(knex: Knex): Promise<void> {
  const schema = `"${schemaOf(knex)}"`;
  await knex.raw(`
    create table ${schema}.provider_calls (
      id uuid primary key,
      at timestamptz not null,
      channel_id integer,
      effect_id bigint,
      attempt integer,
      provider text not null,
      operation text not null,
      method text not null,
      path text not null,
      host text,
      status integer,
      code text,
      outcome text,
      error text,
      ms integer,
      request_id text,
      attempts jsonb not null default '[]',
      request jsonb,
      response jsonb
    );
    create index provider_calls_of_channel on ${schema}.provider_calls (channel_id, at);
    create index provider_calls_of_effect on ${schema}.provider_calls (effect_id) where effect_id is not null;
    create index provider_calls_at on ${schema}.provider_calls using brin (at)`);
}

/** What the calls led to is in the log of events. */
export async function down(knex: Knex): Promise<void> {
  await knex.schema.withSchema(schemaOf(knex)).dropTable("provider_calls");
}
