import { type EventSource, filterSql, rowsOf, type Selected, table, type Tables } from "../../../eventlog/index.ts";
import { describeType } from "../../../webhooks/index.ts";

/** What would be forwarded. Times are ISO 8601, null where there is nothing. */
export interface ForwardPlan {
  deliveries: number;
  /** There may be more that fit: these are the newest. */
  isTruncated: boolean;
  channels: number;
  /** When the first and the last of them were received. */
  from: string | null;
  to: string | null;
  types: { source: EventSource; type: string; description: string; deliveries: number }[];
  /** Those whose stored body lacks a secret that was in it. */
  redacted: number;
  /** Those that have no id of their own, and whose bytes the log doesn't keep: another target knows them for new. */
  knownByBytes: number;
}

interface Row {
  source: EventSource;
  type: string;
  deliveries: number;
  first: Date;
  last: Date;
  redacted: number;
  knownByBytes: number;
}

/** Counts what was selected, without reading it. */
export async function planForward({ knex, schema }: Tables, selected: Selected): Promise<ForwardPlan> {
  const { selection, isTruncated } = selected;
  const rows = await rowsOf<Row>(
    knex,
    `select e.source, e.type, count(*) as deliveries, min(e.received_at) as first, max(e.received_at) as last,
       count(*) filter (where stored.body like '%[key sha256:%' or stored.body like '%[redacted]%') as redacted,
       count(*) filter (where e.payload is not null and right(e.dedupe_key, 64) = e.body_sha256) as "knownByBytes"
     from ${table(schema, "events")} e, lateral (select coalesce(e.raw, e.payload::text) as body) stored
     where ${filterSql(schema, selection)} group by e.source, e.type order by e.source, e.type`,
    { ...selection },
  );
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0);
  const times = rows.flatMap(({ first, last }) => [first.getTime(), last.getTime()]);
  return {
    deliveries: sum(({ deliveries }) => deliveries),
    isTruncated,
    channels: selected.channels.length,
    from: times.length === 0 ? null : new Date(Math.min(...times)).toISOString(),
    to: times.length === 0 ? null : new Date(Math.max(...times)).toISOString(),
    types: rows.map(({ source, type, deliveries }) => ({ source, type, description: describeType(type), deliveries })),
    redacted: sum(({ redacted }) => redacted),
    knownByBytes: sum(({ knownByBytes }) => knownByBytes),
  };
}
