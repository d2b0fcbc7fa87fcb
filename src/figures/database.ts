import { Counter, Gauge, type Registry } from "prom-client";

import type { Tables } from "../eventlog/index.ts";
import type { Logger } from "../log.ts";
import { createCached } from "./cached.ts";
import { type Counts, readCounts, readRecorderSeconds, type RecorderSeconds } from "./read-database.ts";

/** A figure of the database; with a label, one for each of its values. */
type Described<Read> =
  | [name: string, help: string, valueOf: (read: Read) => number]
  | [name: string, help: string, valuesOf: (read: Read) => Record<string, number>, label: string];

/**
 * What the database knows is the same whichever process is asked: with several, these must not be added up. So their
 * names begin with `tally_db_`.
 */
const ofCounts: readonly Described<Counts>[] = [
  ["tally_db_channels_live", "Channels that are live", ({ live }) => live],
  ["tally_db_channels_dark", "Channels that have a host, should be live and are not", ({ dark }) => dark],
  ["tally_db_dark_seconds", "For how long the longest of these is so", ({ darkSeconds }) => darkSeconds],
  ["tally_db_channels_hostless", "Channels whose recorder runs without a host", ({ hostless }) => hostless],
  ["tally_db_hostless_seconds", "For how long the longest of these is so", ({ hostlessSeconds }) => hostlessSeconds],
  ["tally_db_sessions_open", "Sessions that are open", ({ openSessions }) => openSessions],
  ["tally_db_events_pending", "Events that wait to be folded into their channel", ({ pending }) => pending],
  ["tally_db_events_oldest_pending_seconds", "How old the oldest of these is", (read) => read.oldestPendingSeconds],
  ["tally_db_events_failed", "Events that broke our code and wait for a replay", ({ failed }) => failed],
  ["tally_db_effects_open", "Effects that are owed", ({ openEffects }) => openEffects],
  ["tally_db_effects_dead", "Effects that were given up and wait for a person", ({ deadEffects }) => deadEffects],
  ["tally_db_processes", "Processes with a heartbeat in the last 15 s", ({ processes }) => processes],
  [
    "tally_db_jobs",
    "Jobs of the queue",
    ({ jobsDue, jobsLater, jobsRunning }) => ({ due: jobsDue, later: jobsLater, running: jobsRunning }),
    "state",
  ],
  ["tally_db_notifications_waiting", "Deliveries of notifications that wait", (read) => read.notificationsWaiting],
  [
    "tally_db_notifications_oldest_seconds",
    "For how long the oldest of these waits",
    (read) => read.oldestNotificationSeconds,
  ],
  [
    "tally_db_notification_endpoints",
    "Addresses of the app, by how it goes with them",
    ({ endpointsWell: well, endpointsFailing: failing, endpointsDisabled: disabled }) => ({ well, failing, disabled }),
    "state",
  ],
];

/** No counter, though it grows: a rebuild may correct it downwards, which a counter's readers take for a new beginning. */
const ofRecorderSeconds: readonly Described<RecorderSeconds>[] = [
  [
    "tally_db_recorder_seconds",
    "Seconds that recorders ran over all sessions, the running ones included, with a host present and without",
    ({ withHost: present, withoutHost: absent }) => ({ present, absent }),
    "host",
  ],
];

export interface DatabaseFigures {
  /** Reads what is not fresh any more. Never rejects: what can't be read in time is left out. */
  refresh: () => Promise<void>;
  /** Resolves when nothing is being read. */
  idle: () => Promise<void>;
}

/** The sum over all sessions reads all of them. */
const sumFreshMs = 60_000;

/** @param options.freshMs - how old figures may be, 5 s by default */
export function createDatabaseFigures(
  registers: Registry[],
  { knex, schema, log, freshMs = 5_000 }: Tables & { log: Logger; freshMs?: number | undefined },
): DatabaseFigures {
  const errors = new Counter({
    name: "tally_scrape_errors_total",
    help: "Reads of the database's figures that failed or took too long, and left them out",
    registers,
  });
  const onFailed = (error: unknown) => {
    errors.inc();
    log.warn({ err: error }, "figures.not_read");
  };
  const counts = createCached(() => readCounts({ knex, schema }), { freshMs, onFailed });
  const seconds = createCached(() => readRecorderSeconds({ knex, schema }), { freshMs: sumFreshMs, onFailed });
  const showCounts = createGauges(ofCounts, registers);
  const showSeconds = createGauges(ofRecorderSeconds, registers);
  return {
    async refresh() {
      await Promise.all([counts.get().then(showCounts), seconds.get().then(showSeconds)]);
    },
    async idle() {
      await Promise.all([counts.idle(), seconds.idle()]);
    },
  };
}

/** @returns sets them all; null: leaves them out */
function createGauges<Read>(described: readonly Described<Read>[], registers: Registry[]): (read: Read | null) => void {
  const gauges = described.map(([name, help, valueOf, label]) => {
    const gauge = new Gauge({ name, help, labelNames: label === undefined ? [] : [label], registers });
    return (read: Read | null) => {
      gauge.reset();
      if (read === null) {
        gauge.remove({}); // a reset leaves a gauge without labels at 0
        return;
      }
      const value = valueOf(read);
      if (typeof value === "number") gauge.set(value);
      else for (const [name, of] of Object.entries(value)) gauge.set({ [label ?? ""]: name }, of);
    };
  });
  return (read) => {
    for (const show of gauges) show(read);
  };
}
