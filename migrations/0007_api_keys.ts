import type { Knex } from "knex";

const schemaOf = (knex: Knex) => (knex.userParams as { schema: string }).schema;

/**
 * Keys of the apps, beside the operators' in the environment: of the secret there is only its SHA-256. Sellers' own
 * channels are found by who hosts them.
 */
export async function up(knex: Knex): Promise<void> {
  const schema = `"${schemaOf(knex)}"`;
  await knex.raw(`
    create table ${schema}.api_keys (
      id integer generated always as identity primary key,
      name text not null,
      scope text not null check (scope in ('read', 'operate', 'admin')),
      prefix text not null unique,
      secret_hash bytea not null check (length(secret_hash) = 32),
      created_at timestamptz not null default clock_timestamp(),
      last_used_at timestamptz,
      revoked_at timestamptz
    );
    create index channels_host on ${schema}.channels (host_user_id) where host_user_id is not null`);
}

/** Every key of the table is refused then, and can't be brought back. */
export async function down(knex: Knex): Promise<void> {
  const schema = schemaOf(knex);
  await knex.raw(`drop index "${schema}".channels_host`);
  await knex.schema.withSchema(schema).dropTable("api_keys");
}
