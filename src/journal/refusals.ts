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
 * Counts refused deliveries by minute, address and reason. Whoever floods the addresses adds to numbers in memory, which
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
    if (known !== undefined) known.count += row.count;
    else if (waiting.size < waitingMost) waiting.set(key, { ...row });
  }

  return {
    onRefused(refused) {
      const minute = new Date(Math.floor(now() / 60_000) * 60_000).toISOString();
      add({ ...refused, minute, count: 1 });
      keeper.nudge();
    },
    close: () => keeper.close(),
  };
}

interface Counted extends Refused {
  minute: string;
  count: number;
}

function upsertSql(schema: string): string {
  return `insert into ${table(schema, "refusals")} as known (minute, source, door, why, count)
    select minute, source, door, why, count
    from jsonb_to_recordset(:counted::jsonb) as row(minute timestamptz, source text, door text, why text, count integer)
    on conflict (minute, door, why) do update set count = known.count + excluded.count`;
}
