import type { Knex } from "knex";

const schemaOf = (knex: Knex) => (knex.userParams as { schema: string }).schema;

/** What is told to the app: whom, what, and how the telling went. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(statements.join(";\n").replaceAll("{schema}", `"${schemaOf(knex)}"`));
}

/** The facts of what was to be told stay in the log. */
export async function down(knex: Knex): Promise<void> {
  const schema = knex.schema.withSchema(schemaOf(knex));
  for (const name of ["notification_deliveries", "notifications", "notification_endpoints"]) {
    await schema.dropTable(name);
  }
}

const statements = [
  // Secrets are encrypted (AES-256-GCM), and the one before a rotation signs for a while.
  `create table {schema}.notification_endpoints (
    id text primary key,
    url text not null,
    events text[],
    description text,
    secret text not null,
    previous_secret text,
    previous_until timestamptz,
    enabled boolean not null default true,
    disabled_at timestamptz,
    disabled_reason text,
    failing_since timestamptz,
    last_delivered_at timestamptz,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp()
  )`,
  // The body is text, as it is signed and sent.
  `create table {schema}.notifications (
    id text primary key,
    number bigint generated always as identity,
    channel_id integer references {schema}.channels,
    session integer,
    type text not null,
    body text not null,
    event_id bigint references {schema}.events,
    created_at timestamptz not null default clock_timestamp()
  )`,
  `create index notifications_number on {schema}.notifications (number)`,
  `create index notifications_of_channel on {schema}.notifications (channel_id, number)`,
  // A channel's are sent one after the other; 0: of no channel.
  `create table {schema}.notification_deliveries (
    id bigint generated always as identity primary key,
    notification_id text not null references {schema}.notifications,
    endpoint_id text not null references {schema}.notification_endpoints on delete cascade,
    channel_id integer not null default 0,
    status text not null default 'pending' check (status in ('pending', 'delivered', 'given_up')),
    attempts integer not null default 0,
    attempt_log jsonb not null default '[]',
    since timestamptz not null default clock_timestamp(),
    next_at timestamptz not null default clock_timestamp(),
    claimed_until timestamptz,
    finished_at timestamptz,
    unique (notification_id, endpoint_id)
  )`,
  `create index notification_deliveries_due on {schema}.notification_deliveries (next_at) where status = 'pending'`,
  `create index notification_deliveries_lane on {schema}.notification_deliveries (endpoint_id, channel_id, id)
    where status = 'pending'`,
  `create index notification_deliveries_of_endpoint on {schema}.notification_deliveries (endpoint_id, id)`,
];
