import { rowsOf, table, type Tables } from "../eventlog/index.ts";
import type { Logger } from "../log.ts";
import { createKeeper } from "./keep.ts";

/** One delivery that was refused. Nothing of what was sent. */
export interface Refused {
  source: "agora" | "cloudflare";
  /** The webhook's address: `/agora`, `/cloudflare/live`, `/cloudflare/video`. */
  door: string;
  /** In our words; there are few of them. */
  why: string;
}

export interface RefusalCounter {
  /** Counts one. */
  onRefused: (refused: Refused) => void;
  /** Writes what is left. */
  close(): Promise<void>;
}

/** Rows that wait to be written, at most. There are three doors with a handful of reasons each, and a row of each a minute. */
const waitingMost = 500;
/** So long an incident may be unseen; and a flood writes as often. */
const defaultDelayMs = 2_000;

/**
 * Counts refused deliveries by minute, address and reason, with when the first and the last of them came. Whoever floods the addresses adds to numbers in memory, which
 * are written every two seconds: never a row for a request.
 */
export function createRefusalCounter(
  options: Tables & { log: Logger; delayMs?: number; now?: () => number },
): RefusalCounter {
  const { knex, schema, log, delayMs = defaultDelayMs, now = Date.now } = options;
  let waiting = new Map<string, Counted>();
  const keeper = createKeeper("refusals", write, { log, delayMs });

  async function write(): Promise<void> {
    const counted = waiting;
    waiting = new Map();
    try {
      await rowsOf(knex, upsertSql(schema), { counted: JSON.stringify([...counted.values()]) });
    } catch (error) {
      for (const row of counted.values()) add(row);
      throw error;
    }
  }

  function add(row: Counted): void {
    const key = `${row.minute} ${row.door} ${row.why}`;
    const known = waiting.get(key);
    if (known !== undefined) waiting.set(key, together(known, row));
    else if (waiting.size < waitingMost) waiting.set(key, { ...row });
  }

  return {
    onRefused(refused) {
      const at = new Date(now()).toISOString();
      add({ ...refused, minute: `${at.slice(0, 16)}Z`, first: at, last: at, count: 1 });
      keeper.nudge();
    },
    close: () => keeper.close(),
  };
}

/** Times are ISO 8601, UTC: their order is that of their texts. */
interface Counted extends Refused {
  minute: string;
  first: string;
  last: string;
  count: number;
}

function together(one: Counted, other: Counted): Counted {
  return {
    ...one,
    first: one.first < other.first ? one.first : other.first,
    last: one.last > other.last ? one.last : other.last,
    count: one.count + other.count,
  };
}

function upsertSql(schema: string): string {
  return `insert into ${table(schema, "refusals")} as known (minute, source, door, why, count, first_at, last_at)
    select minute, source, door, why, count, first, last
    from jsonb_to_recordset(:counted::jsonb) as row(minute timestamptz, source text, door text, why text, count integer,
      first timestamptz, last timestamptz)
    on conflict (minute, door, why) do update set count = known.count + excluded.count,
      first_at = least(known.first_at, excluded.first_at), last_at = greatest(known.last_at, excluded.last_at)`;
}
