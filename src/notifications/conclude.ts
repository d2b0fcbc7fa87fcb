import type { Knex } from "knex";

import { rowsOf, table, type Tables } from "../eventlog/index.ts";
import { type Attempt, type Claimed, interval } from "./claim.ts";

/** What follows from an attempt. */
export type Conclusion =
  | { outcome: "delivered" }
  /** Tried again after so long. */
  | { outcome: "failed"; delayMs: number }
  | { outcome: "given_up" }
  /** The receiver wants nothing more: the endpoint is disabled, and the delivery waits. */
  | { outcome: "gone" };

/** Attempts that are kept of one delivery, the newest: a day has some twelve. */
const keptMost = 20;

/**
 * Records an attempt and what follows from it, for the delivery, for those behind it and for the endpoint.
 *
 * @param disableAfterMs - an endpoint that has failed for so long without a success is disabled; 0: never
 * @returns whether the endpoint was disabled, by that or by its own word
 */
export async function conclude(
  tables: Tables,
  claimed: Claimed,
  attempt: Attempt,
  conclusion: Conclusion,
  disableAfterMs: number,
): Promise<{ disabled: boolean }> {
  const { schema } = tables;
  const { outcome } = conclusion;
  return tables.knex.transaction(async (trx) => {
    await recordAttempt(trx, schema, claimed, attempt, conclusion);
    if (outcome === "delivered") await clearFailing(trx, schema, claimed.endpointId);
    if (outcome === "failed") await holdBack(trx, schema, claimed, conclusion.delayMs);
    else await letNextGo(trx, schema, claimed);
    const disabled =
      outcome !== "delivered" && (await noteFailure(trx, schema, claimed, outcome === "gone", disableAfterMs));
    return { disabled };
  });
}

async function recordAttempt(
  trx: Knex.Transaction,
  schema: string,
  { id, attemptLog }: Claimed,
  attempt: Attempt,
  { outcome, ...rest }: Conclusion,
): Promise<void> {
  const isOpen = outcome === "failed" || outcome === "gone";
  await trx.raw(
    `update ${table(schema, "notification_deliveries")}
     set status = :status, attempts = attempts + 1, attempt_log = :log::jsonb, claimed_until = null,
       next_at = clock_timestamp() + ${interval}, finished_at = case when :isOpen then null else clock_timestamp() end
     where id = :id`,
    {
      id,
      status: isOpen ? "pending" : outcome,
      isOpen,
      log: JSON.stringify([...attemptLog, attempt].slice(-keptMost)),
      ms: "delayMs" in rest ? rest.delayMs : 0,
    },
  );
}

/** Those behind it need not be looked at before its next attempt. */
async function holdBack(trx: Knex.Transaction, schema: string, claimed: Claimed, ms: number): Promise<void> {
  await moveLane(trx, schema, claimed, `next_at = greatest(next_at, clock_timestamp() + ${interval})`, ms);
}

async function letNextGo(trx: Knex.Transaction, schema: string, claimed: Claimed): Promise<void> {
  await moveLane(trx, schema, claimed, `next_at = least(next_at, clock_timestamp() + ${interval})`, 0);
}

async function moveLane(
  trx: Knex.Transaction,
  schema: string,
  { id, endpointId, channelId }: Claimed,
  set: string,
  ms: number,
): Promise<void> {
  await trx.raw(
    `update ${table(schema, "notification_deliveries")} set ${set}
     where endpoint_id = :endpointId and channel_id = :channelId and status = 'pending' and id > :id`,
    { id, endpointId, channelId, ms },
  );
}

async function clearFailing(trx: Knex.Transaction, schema: string, endpointId: string): Promise<void> {
  await trx.raw(
    `update ${table(schema, "notification_endpoints")} set failing_since = null, last_delivered_at = clock_timestamp()
     where id = :endpointId`,
    { endpointId },
  );
}

async function noteFailure(
  trx: Knex.Transaction,
  schema: string,
  { endpointId }: Claimed,
  isGone: boolean,
  disableAfterMs: number,
): Promise<boolean> {
  const hours = disableAfterMs / 3_600_000;
  const rows = await rowsOf(
    trx,
    `with failing as (
       update ${table(schema, "notification_endpoints")} e
       set failing_since = coalesce(failing_since, clock_timestamp()), enabled = enabled and not d.ends,
         disabled_at = case when enabled and d.ends then clock_timestamp() else disabled_at end,
         disabled_reason = case when enabled and d.ends then :reason else disabled_reason end
       from (
         select id, enabled and (:isGone or (:limit > 0 and coalesce(
           failing_since < clock_timestamp() - make_interval(secs => :limit / 1000.0), false))) as ends
         from ${table(schema, "notification_endpoints")} where id = :endpointId for update
       ) d
       where e.id = d.id returning d.ends
     )
     select from failing where ends`,
    {
      endpointId,
      isGone,
      limit: disableAfterMs,
      reason: isGone
        ? "it answered 410 Gone: it wants nothing more"
        : `nothing could be delivered for more than ${hours} h`,
    },
  );
  return rows.length > 0;
}
