import type { Knex } from "knex";

/** The tables of the service. The schema's name comes with the connection (`userParams.schema`). */
export async function up(knex: Knex): Promise<void> {
  const schema = (knex.userParams as { schema: string }).schema;
  await knex.raw(statements.join(";\n").replaceAll("{schema}", `"${schema}"`));
}

export async function down(): Promise<void> {
  await Promise.reject(new Error("Tally's tables hold what providers will never send again: drop the schema by hand"));
}

const statements = [
  `create table {schema}.channels (
    id integer primary key,
    name text not null unique,
    host_user_id text,
    host_uid bigint,
    relay_mode text check (relay_mode in ('cloud-recording', 'media-push')),
    state jsonb not null,
    version integer not null default 0,
    wake_at timestamptz,
    is_active boolean not null default false,
    started_at timestamptz,
    ended_at timestamptz,
    stream_mode text,
    hls_playback_url text,
    relay_status text not null default 'idle',
    relay_started_at timestamptz,
    streaming_platform text not null default 'cloudflare_stream',
    stream_key_id text,
    agora_resource_id text,
    agora_sid text,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp()
  )`,
  `create index channels_wake_at on {schema}.channels (wake_at) where wake_at is not null`,
  `create unique index channels_live_input on {schema}.channels (stream_key_id)`,
  `create index channels_active on {schema}.channels (id) where is_active`,
  `create sequence {schema}.channel_ids as integer start 1000000000`,

  `create table {schema}.events (
    id bigint generated always as identity primary key,
    source text not null,
    dedupe_key text not null,
    type text not null,
    route_kind text check (route_kind in ('channel', 'live_input', 'converter', 'video')),
    route_key text,
    channel_id integer references {schema}.channels,
    occurred_at timestamptz,
    received_at timestamptz not null default clock_timestamp(),
    payload jsonb,
    raw text,
    body_sha256 text,
    headers jsonb,
    status text not null default 'pending'
      check (status in ('pending', 'applied', 'ignored', 'unrecognised', 'failed')),
    note text,
    applied_at timestamptz,
    applied_version integer,
    unique (source, dedupe_key)
  )`,
  `create index events_pending on {schema}.events (channel_id, id) where status = 'pending'`,
  `create index events_stray on {schema}.events (route_kind, route_key, id)
    where channel_id is null and route_kind is not null`,
  `create index events_folded on {schema}.events (channel_id, applied_version, id) where applied_version is not null`,
  `create index events_of_channel on {schema}.events (channel_id, id)`,
  // Rows lie in the order of their arrival: a summary of each range of blocks finds a time window, and costs no insert.
  `create index events_received on {schema}.events using brin (received_at)`,
  // A viewer's coming and going is only ever looked up by user, when that user turns out to be a host.
  `create index events_audience on {schema}.events (channel_id, ((payload #>> '{payload,uid}')), id)
    where type in ('rtc.105', 'rtc.106') and applied_version is null`,

  `create table {schema}.effects (
    id bigint generated always as identity primary key,
    key text not null unique,
    channel_id integer not null references {schema}.channels,
    event_id bigint not null references {schema}.events,
    type text not null,
    payload jsonb not null,
    status text not null default 'open' check (status in ('open', 'succeeded', 'failed', 'cancelled', 'dead')),
    attempts integer not null default 0,
    error text,
    created_at timestamptz not null default clock_timestamp(),
    enqueued_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz
  )`,
  `create index effects_open on {schema}.effects (enqueued_at) where status = 'open'`,
  `create index effects_dead on {schema}.effects (id) where status = 'dead'`,
  `create index effects_of_channel on {schema}.effects (channel_id, id)`,

  `create table {schema}.sessions (
    id text primary key,
    channel_id integer not null references {schema}.channels,
    number integer not null,
    cause text not null,
    opened_at timestamptz not null,
    live_at timestamptz,
    closed_at timestamptz,
    end_reason text,
    recording_sids text[] not null default '{}',
    files jsonb not null default '[]',
    ingest_connected_at text,
    video_uid text,
    video jsonb,
    recorded_seconds double precision not null default 0,
    recorded_seconds_without_host double precision not null default 0,
    unique (channel_id, number)
  )`,
  `create index sessions_video on {schema}.sessions (video_uid) where video_uid is not null`,

  `create table {schema}.stream_metrics (
    id bigint generated always as identity primary key,
    channel_id integer not null references {schema}.channels,
    "timestamp" timestamptz not null,
    agora_viewers integer,
    hls_viewers integer,
    relay_health text,
    created_at timestamptz not null default clock_timestamp()
  )`,
  `create index stream_metrics_of_channel on {schema}.stream_metrics (channel_id, "timestamp")`,

  `create table {schema}.processes (
    pool_id text primary key,
    hostname text not null,
    pid integer not null,
    started_at timestamptz not null default clock_timestamp(),
    heartbeat_at timestamptz not null default clock_timestamp()
  )`,
  `create table {schema}.provider_rates (
    name text primary key,
    next_at timestamptz not null default '-infinity'
  )`,
];
