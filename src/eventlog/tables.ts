import type { Knex } from "knex";

import type { Database } from "../db/index.ts";

/** A database and the schema of Tally's tables in it. */
export type Tables = Pick<Database, "knex" | "schema">;

type TableName =
  | "channels"
  | "events"
  | "effects"
  | "sessions"
  | "stream_metrics"
  | "processes"
  | "provider_rates"
  | "heartbeat"
  | "catch_ups"
  | "stage_visits"
  | "api_keys"
  | "viewer_counts"
  | "audience"
  | "provider_calls"
  | "refusals"
  | "replays"
  | "snapshots"
  | "snapshot_sessions"
  | "retention"
  | "notification_endpoints"
  | "notifications"
  | "notification_deliveries";

/** A table's name as SQL needs it: qualified, since poolers and shared databases make `search_path` unreliable. */
export function table(schema: string, name: TableName): string {
  return `${quoted(schema)}.${name}`;
}

/** An identifier for SQL. */
export function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

/**
 * Runs one statement and returns its rows. Values are named, `:like_this`.
 *
 * @param db - a pool or a transaction
 */
export async function rowsOf<Row>(db: Knex, sql: string, values: Record<string, unknown> = {}): Promise<Row[]> {
  const result = await db.raw<{ rows: Row[] }>(sql, values as Record<string, Knex.RawBinding>);
  return result.rows;
}
