import { table } from "../../eventlog/index.ts";

/** What is deleted when it is too old. */
export type Kind =
  "events" | "effects" | "viewers" | "calls" | "refusals" | "notifications" | "samples" | "stage_visits";

/** What only people look at: longer than anybody looks back after an incident. */
export const peopleDays = 30;

/** Of viewers, by the minute: long enough to compare a season with the one before it. */
const samplesDays = 400;

/** Rows of one table that may go by their age alone, since nothing is decided by them. */
export interface Rule {
  kind: Kind;
  days: number;
  /** SQL of the table's rows. */
  from: string;
  /** The row's time. */
  time: string;
  /** What else must hold. */
  only?: string;
}

/** The tables whose rows go one by one, whatever becomes of the log. */
export function rulesFor(schema: string): Rule[] {
  return [
    { kind: "calls", days: peopleDays, from: table(schema, "provider_calls"), time: "at" },
    { kind: "refusals", days: peopleDays, from: table(schema, "refusals"), time: "minute" },
    { kind: "samples", days: samplesDays, from: table(schema, "stream_metrics"), time: '"timestamp"' },
    { kind: "stage_visits", days: peopleDays, from: table(schema, "stage_visits"), time: "seen_at" },
    {
      kind: "notifications",
      days: peopleDays,
      from: table(schema, "notifications"),
      time: "created_at",
      // One that an endpoint still waits for is sent, however late.
      only: `not exists (select from ${table(schema, "notification_deliveries")} d
        where d.notification_id = old.id and d.status = 'pending')`,
    },
  ];
}

/** SQL of a rule's rows that are too old, named `old`. Takes `:days`. */
export function tooOld({ from, time, only = "true" }: Rule): string {
  return `${from} old where old.${time} < clock_timestamp() - make_interval(days => :days) and ${only}`;
}

/**
 * SQL of what a live channel's viewers are counted by: events `e`, of the channel `c`, since an hour before its open
 * session.
 */
export const ofOpenSession = `coalesce(c.is_active and e.received_at >=
  to_timestamp((c.state #>> '{session,openedAt}')::double precision / 1000) - interval '1 hour', false)`;
