import { appendWithin, type EventRow } from "../../src/eventlog/index.ts";
import type { TestDatabase } from "../support/database.ts";

/** When the tests' evening begins: Agora's seconds, an hour ago. */
export const evening = Math.floor(Date.now() / 1000) - 3_600;

let keys = 0;

export interface FactOptions {
  uid: number;
  seq: number;
  /** Seconds of the evening; by default `seq`. */
  second?: number;
  clientType?: number;
  receivedAt?: Date;
}

/** A channel event of a user, as the log holds it. */
export function fact(channelId: number, eventType: number, of: FactOptions): EventRow {
  const { uid, seq, second = seq, clientType, receivedAt } = of;
  const payload = { uid, clientSeq: seq, ts: evening + second, ...(clientType !== undefined && { clientType }) };
  return {
    ...row(channelId, `rtc.${eventType}`, { payload: { channelName: "c", ...payload } }),
    ...(receivedAt !== undefined && { receivedAt }),
  };
}

/** The channel's end. */
export function end(channelId: number, second: number): EventRow {
  return row(channelId, "rtc.102", { payload: { channelName: "c", ts: evening + second } });
}

/** Agora's own count of the audience, asked in that second of the evening. */
export function checkup(channelId: number, second: number, audienceTotal: number | null): EventRow {
  const payload = { type: "PresenceChecked", check: 1, channelExists: true, broadcasters: [], audienceTotal };
  return { ...row(channelId, "PresenceChecked", payload), receivedAt: new Date((evening + second) * 1000) };
}

function row(channelId: number, type: string, payload: unknown): EventRow {
  return {
    source: type === "PresenceChecked" ? "tally" : "agora",
    dedupeKey: `metrics-${++keys}`,
    type,
    route: { kind: "channel", key: "c" },
    channelId,
    occurredAt: null,
    payload,
    raw: null,
    bodySha256: null,
    headers: null,
    status: "applied",
  };
}

/** Appends them in this order, in one transaction. A second time under other keys, as a repetition that is no duplicate. */
export async function append({ knex, schema }: TestDatabase, ...events: EventRow[]): Promise<void> {
  await knex.transaction((trx) =>
    appendWithin(
      trx,
      schema,
      events.map((event) => ({ ...event, dedupeKey: `${event.dedupeKey}-${++keys}` })),
    ),
  );
}
