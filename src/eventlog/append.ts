import { setTimeout as wait } from "node:timers/promises";

import type { Logger } from "../log.ts";
import { currentSpan, spanned } from "../traces/index.ts";
import { type Batcher, createBatcher } from "./batcher.ts";
import { kindOfFailure, retryConflicts } from "./failures.ts";
import { type EventRow, insertEvents } from "./insert-events.ts";
import type { Appended, NewEvent } from "./new-event.ts";
import { type Arrival, resolveRoutes, type Routing } from "./routes.ts";
import { storable } from "./storable.ts";
import type { Tables } from "./tables.ts";
import { unlessTooLate } from "./too-late.ts";

/** The event is not in the log, and whoever sent it must send it again. */
export class AppendUnavailable extends Error {
  override name = "AppendUnavailable";
}

export interface EventLogOptions extends Tables, Routing {
  log: Logger;
  /**
   * Called after events were committed and their channels found, with the channels that have something to fold. Called
   * with none when an event that belongs to no channel waits to be looked at.
   */
  onAppended: (channelIds: number[]) => void;
  /** How long a lost database is tried for, in ms. Agora waits 10 s for its answer (Agora docs: NCS). */
  patienceMs?: number;
  /** How long events are kept, in days; null or not there: for ever. */
  eventsDays?: number | null;
}

/** The one way by which a webhook becomes an event. */
export interface EventLog {
  /**
   * Resolves when the event is committed; what follows from it follows after.
   *
   * @throws {AppendUnavailable} if the database could not be reached for 8 s, or the log is closed
   */
  append(event: NewEvent): Promise<Appended>;
  /** Resolves when everything appended so far is committed, has found its channel and was handed on. */
  idle(): Promise<void>;
  /** Refuses new events, and waits for those under way. */
  close(): Promise<void>;
}

interface Waiter {
  event: EventRow;
  /** By the monotonic clock (ms). */
  expiresAt: number;
  resolve: (appended: Appended) => void;
  reject: (error: Error) => void;
}

/** More than a second's worth of any traffic that this service is for, and far below what one statement can take. */
const batchMost = 500;
const retryMs = { first: 50, most: 500 };

/**
 * Opens the log. Appends are grouped: what arrives while an insert is under way goes into the next one, so that a burst
 * costs a commit per round trip and not one per event.
 */
export function createEventLog(options: EventLogOptions): EventLog {
  const { knex, schema, log, patienceMs = 8_000, eventsDays = null } = options;
  let closed = false;

  const arrivals: Batcher<Arrival> = createBatcher(async (batch) => {
    try {
      const { channelIds, unrouted } = await retryConflicts(() => resolveRoutes(options, options, batch));
      if (channelIds.length > 0) options.onAppended(channelIds);
      if (unrouted) options.onAppended([]);
    } catch (error) {
      log.error({ err: error, events: batch.length }, "eventlog.routes_failed"); // the sweep finds them
    }
  }, batchMost);

  const waiters: Batcher<Waiter> = createBatcher(insertBatch, batchMost);

  async function insertBatch(batch: Waiter[]): Promise<void> {
    let delayMs = retryMs.first;
    batch.sort(byKey);
    for (let open = unexpired(batch); open.length > 0; open = unexpired(open)) {
      try {
        settle(open, await withDeadline(insertEvents(knex, schema, eventsOf(open)), timeLeft(open)));
        return;
      } catch (error) {
        const kind = kindOfFailure(error);
        if (kind === "data") {
          for (const waiter of open) await insertAlone(waiter);
          return;
        }
        log.warn({ err: error, events: open.length, kind }, "eventlog.append_retried");
        if (kind === "unavailable") {
          await wait(Math.min(delayMs, Math.max(0, timeLeft(open))));
          delayMs = Math.min(delayMs * 2, retryMs.most);
        }
      }
    }
  }

  async function insertAlone(waiter: Waiter): Promise<void> {
    try {
      settle([waiter], await insertEvents(knex, schema, [waiter.event]));
    } catch (error) {
      try {
        if (kindOfFailure(error) !== "data") throw error;
        settle([waiter], await insertEvents(knex, schema, [storable(waiter.event)]));
      } catch (secondError) {
        log.error({ err: secondError, dedupeKey: waiter.event.dedupeKey }, "eventlog.append_failed");
        waiter.reject(new AppendUnavailable("the event could not be stored", { cause: secondError }));
      }
    }
  }

  function settle(batch: Waiter[], appended: Appended[]): void {
    batch.forEach((waiter, i) => {
      const result = appended[i];
      if (result === undefined) return;
      waiter.resolve(result);
      if (result.duplicate) return;
      arrivals.add({ id: result.id, type: waiter.event.type, route: waiter.event.route });
    });
  }

  async function idle(): Promise<void> {
    await waiters.idle();
    await arrivals.idle();
  }

  return {
    append(event) {
      if (closed) return Promise.reject(new AppendUnavailable("the event log is closed: the service is stopping"));
      const span = currentSpan().child("append event", { kind: "client", attributes: inDatabase });
      const traced = { ...unlessTooLate(event, eventsDays, Date.now()), trace: span.context };
      return spanned(
        span,
        () =>
          new Promise<Appended>((resolve, reject) => {
            waiters.add({ event: traced, expiresAt: performance.now() + patienceMs, resolve, reject });
          }),
      );
    },
    idle,
    close() {
      closed = true;
      return idle();
    },
  };
}

const inDatabase = {
  "db.system.name": "postgresql",
  "db.operation.name": "INSERT",
  "db.collection.name": "events",
} as const;

/** Other processes insert the same keys: in one order nobody deadlocks (measured: 14 of 40 batches unsorted, none so). */
function byKey({ event: a }: Waiter, { event: b }: Waiter): number {
  if (a.source !== b.source) return a.source < b.source ? -1 : 1;
  return a.dedupeKey === b.dedupeKey ? 0 : a.dedupeKey < b.dedupeKey ? -1 : 1;
}

function eventsOf(batch: Waiter[]): EventRow[] {
  return batch.map((waiter) => waiter.event);
}

/** Those that may still wait; the others are told. */
function unexpired(batch: Waiter[]): Waiter[] {
  const now = performance.now();
  for (const waiter of batch) {
    if (waiter.expiresAt <= now) waiter.reject(new AppendUnavailable("the database could not be reached in time"));
  }
  return batch.filter((waiter) => waiter.expiresAt > now);
}

function timeLeft(batch: Waiter[]): number {
  return Math.min(...batch.map((waiter) => waiter.expiresAt)) - performance.now();
}

/** A statement on a dead connection may take minutes to fail. If it succeeds after all, the event is a duplicate. */
async function withDeadline<T>(work: Promise<T>, ms: number): Promise<T> {
  const abort = new AbortController();
  const deadline = wait(Math.max(0, ms), undefined, { signal: abort.signal }).then(() => {
    throw new Error(`no answer from the database within ${Math.round(ms)} ms`);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    work.catch(() => undefined);
    deadline.catch(() => undefined);
    abort.abort();
  }
}
