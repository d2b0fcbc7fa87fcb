import type { Knex } from "knex";

const schemaOf = (knex: Knex) => (knex.userParams as { schema: string }).schema;

/**
 * What the counting of viewers needs while a session is open: a row of each channel that is sampled, and who was seen in
 * its audience. Both go with the session. A channel has one sample for a time, whoever writes it.
 */
export async function up(knex: Knex): Promise<void> {
  const schema = `"${schemaOf(knex)}"`;
  await knex.raw(`
    create table ${schema}.viewer_counts (
      channel_id integer primary key references ${schema}.channels,
      session integer not null,
      next_at timestamptz not null,
      read_from bigint not null,
      read_to bigint not null,
      ended_ts numeric not null default 0,
      checked_ts numeric,
      checked_total integer
    );

    create table ${schema}.audience (
      channel_id integer not null references ${schema}.viewer_counts on delete cascade,
      uid bigint not null,
      bot boolean not null,
      newest numeric[] not null,
      at_checkup numeric[],
      since_checkup numeric[],
      primary key (channel_id, uid)
    );

    drop index ${schema}.stream_metrics_of_channel;
    create unique index stream_metrics_of_channel on ${schema}.stream_metrics (channel_id, "timestamp")`);
}

/** The samples stay, and the rest is counted again. */
export async function down(knex: Knex): Promise<void> {
  const schema = `"${schemaOf(knex)}"`;
  await knex.raw(`
    drop table ${schema}.audience;
    drop table ${schema}.viewer_counts;
    drop index ${schema}.stream_metrics_of_channel;
    create index stream_metrics_of_channel on ${schema}.stream_metrics (channel_id, "timestamp")`);
}
