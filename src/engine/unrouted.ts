import { rowsOf, storableText, table, type Tables } from "../eventlog/index.ts";
import type { FoldRules, StoredWebhook } from "./fold-stored.ts";
import { saveFolded } from "./save-folded.ts";

const most = 500;

/**
 * Says of events that belong to no channel (health checks, test messages, what we can't read) what they are. They change
 * nothing, so nothing is folded.
 *
 * @returns how many; the most that is looked at in one go means that there may be more
 */
export async function settleUnrouted(
  { knex, schema }: Tables,
  { interpret }: Pick<FoldRules, "interpret">,
): Promise<number> {
  return knex.transaction(async (trx) => {
    const events = await rowsOf<StoredWebhook & { id: number }>(
      trx,
      `select id, source, type, payload, raw from ${table(schema, "events")}
       where channel_id is null and route_kind is null and status = 'pending'
       order by id limit ${most} for update skip locked`,
    );
    await saveFolded(
      trx,
      schema,
      events.map((event) => ({ ...verdict(event, interpret), id: event.id, appliedVersion: null })),
    );
    return events.length;
  });
}

function verdict(
  event: StoredWebhook,
  interpret: FoldRules["interpret"],
): { status: "ignored" | "unrecognised" | "failed"; note: string } {
  try {
    const meaning = interpret(event);
    if (meaning.kind === "event") return { status: "ignored", note: "it names no channel that could be ours" };
    return { status: meaning.kind, note: meaning.note };
  } catch (error) {
    return { status: "failed", note: storableText(`our code failed: ${String(error)}`.slice(0, 500)) };
  }
}
