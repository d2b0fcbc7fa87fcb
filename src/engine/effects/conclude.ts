import type { Knex } from "knex";

import { appendWithin, type Tables } from "../../eventlog/index.ts";
import type { Outcome, ProviderError } from "../../live/index.ts";
import type { ChannelRow } from "../channel-row.ts";
import { type ClosedStatus, closeEffect, type EffectRow } from "./effect-row.ts";

export interface Conclusion {
  status: ClosedStatus;
  outcomes: Outcome[];
  error: string | null;
}

/** Closes an effect with what came of it, in one transaction: neither without the other. */
export async function conclude(
  { knex, schema }: Tables,
  row: EffectRow,
  channel: Pick<ChannelRow, "id" | "name">,
  { status, outcomes, error }: Conclusion,
): Promise<void> {
  await knex.transaction(async (trx) => {
    await appendOutcomes(trx, schema, row, channel, outcomes);
    await closeEffect(trx, schema, row.id, status, error);
  });
}

/** Appends outcomes of an attempt; the channel is to be advanced after the commit. */
export async function appendOutcomes(
  trx: Knex.Transaction,
  schema: string,
  { effect, attempts }: EffectRow,
  channel: Pick<ChannelRow, "id" | "name">,
  outcomes: Outcome[],
): Promise<void> {
  const events = outcomes.map((outcome) => ({
    source: "tally" as const,
    dedupeKey: `${effect.key}:${outcome.type}:${attempts}`,
    type: outcome.type,
    route: { kind: "channel" as const, key: channel.name },
    channelId: channel.id,
    occurredAt: null,
    payload: outcome,
    raw: null,
    bodySha256: null,
    headers: null,
  }));
  await appendWithin(trx, schema, events);
}

/** A provider's refusal in one line, for lists of effects. */
export function describeError({ operation, status, code, message }: ProviderError): string {
  const answer = status === null ? "no answer" : `HTTP ${status}${code === null ? "" : `, code ${code}`}`;
  return `${operation}: ${answer}: ${message}`;
}
