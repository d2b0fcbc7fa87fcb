import { rowsOf, table, type Tables } from "../eventlog/index.ts";
import { type RefusalCount, sumRefusals } from "./list-refusals.ts";
import { adviceOn, type RefusalAdvice } from "./refusal-advice.ts";
import type { Refused } from "./refusals.ts";

/**
 * What came after the last of them:
 * - `nothing`: nothing that would say that it is mended;
 * - `others`: others at the address were accepted between them, so that those accepted since say nothing;
 * - `restart`: every process was started since, at `at`, and nothing came to the address from then on;
 * - `accepted`: deliveries are accepted again, since `at`, and none was refused since.
 */
export type Afterwards = { state: "nothing" | "others"; at: null } | { state: "restart" | "accepted"; at: Date };

/** What was refused at one address for one reason, what it means, and whether it is over. */
export interface RecentRefusals extends RefusalCount, Pick<RefusalAdvice, "sender" | "todo"> {
  /** Likely a provider's own, for a wrong setting, and not mended as far as is known. */
  isAlarming: boolean;
  afterwards: Afterwards;
}

/** What was refused in the last hours, a row for each address and reason: that first which came last. */
export async function recentRefusals(tables: Tables, hours: number): Promise<RecentRefusals[]> {
  const counted = await sumRefusals(tables, hours);
  if (!counted.some((refused) => adviceOn(refused).isAlarming)) {
    return counted.map((refused) => judged(refused, { state: "nothing", at: null }));
  }
  const startedAt = await startOfAll(tables);
  return Promise.all(counted.map(async (refused) => judged(refused, await afterwardsOf(tables, refused, startedAt))));
}

function judged(refused: RefusalCount, afterwards: Afterwards): RecentRefusals {
  const { sender, todo, isAlarming } = adviceOn(refused);
  return { ...refused, sender, todo, isAlarming: isAlarming && afterwards.state !== "accepted", afterwards };
}

async function afterwardsOf(tables: Tables, refused: RefusalCount, startedAt: Date | null): Promise<Afterwards> {
  const { isAlarming, needsRestart } = adviceOn(refused);
  if (!isAlarming) return { state: "nothing", at: null };
  const { door, from, to } = refused;
  // Of a flood that began long ago, what was accepted in its last hour is enough to know.
  const lately = new Date(Math.max(from.getTime(), to.getTime() - 3_600_000));
  const isRestarted = startedAt !== null && startedAt > to;
  const isMixed = !needsRestart && (await firstAccepted(tables, door, lately, to)) !== null;
  const after = !needsRestart && !isMixed ? to : isRestarted ? startedAt : null;
  const acceptedAt = after === null ? null : await firstAccepted(tables, door, after, null);
  if (acceptedAt !== null) return { state: "accepted", at: acceptedAt };
  if (isRestarted) return { state: "restart", at: startedAt };
  return { state: isMixed ? "others" : "nothing", at: null };
}

/** What is stored from an address, by the source and the type's first part. */
const stored: Readonly<Record<string, string>> = {
  "/agora": "source = 'agora'",
  "/cloudflare/live": "source = 'cloudflare' and split_part(type, '.', 1) in ('live_input', 'notification')",
  "/cloudflare/video": "source = 'cloudflare' and split_part(type, '.', 1) = 'video'",
};

/** When the first delivery came to an address between two times that was accepted; null: none did. */
async function firstAccepted(
  { knex, schema }: Tables,
  door: Refused["door"],
  after: Date,
  before: Date | null,
): Promise<Date | null> {
  const isFrom = stored[door];
  if (isFrom === undefined) return null;
  const [row] = await rowsOf<{ at: Date | null }>(
    knex,
    `select min(received_at) as at from ${table(schema, "events")}
     where ${isFrom} and received_at > cast(:after as timestamptz)
       and received_at < coalesce(cast(:before as timestamptz), 'infinity')`,
    { after, before },
  );
  return row?.at ?? null;
}

/** When the process that runs longest was started; null: none is alive. */
async function startOfAll({ knex, schema }: Tables): Promise<Date | null> {
  const [row] = await rowsOf<{ at: Date | null }>(
    knex,
    `select min(started_at) as at from ${table(schema, "processes")}
     where heartbeat_at > clock_timestamp() - interval '15 seconds'`,
  );
  return row?.at ?? null;
}
