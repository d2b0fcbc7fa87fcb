import { rowsOf, table, type Tables } from "../eventlog/index.ts";
import type { RelayHealth } from "./relay-health.ts";
import type { Span } from "./span.ts";

/** What was sampled within one step. */
export interface MetricsPoint {
  /** When the step begins. */
  at: Date;
  /** The most of its samples; null if none of them has a number. */
  agoraViewers: number | null;
  hlsViewers: number | null;
  /** The last one's. */
  relayHealth: RelayHealth | null;
}

/** A channel's points, oldest first. A step without a sample has none. */
export function readMetrics({ knex, schema }: Tables, channelId: number, span: Span): Promise<MetricsPoint[]> {
  return rowsOf<MetricsPoint>(
    knex,
    `select to_timestamp(floor(extract(epoch from "timestamp") / :step)::double precision * :step) as at,
       max(agora_viewers) as "agoraViewers", max(hls_viewers) as "hlsViewers",
       (array_agg(relay_health order by "timestamp" desc))[1] as "relayHealth"
     from ${table(schema, "stream_metrics")}
     where channel_id = :channelId and "timestamp" >= :from and "timestamp" < :to
     group by 1 order by 1`,
    { channelId, from: span.from, to: span.to, step: span.stepSeconds },
  );
}
