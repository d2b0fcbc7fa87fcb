import type { Knex } from "knex";

import { rowsOf, table } from "../eventlog/index.ts";
import type { FoldedEvent } from "./fold-stored.ts";

type Saved = Pick<FoldedEvent, "id" | "status" | "note"> & { appliedVersion: number | null };

/** Events in one statement, so that none of a long history takes longer than a statement may. */
const most = 10_000;

/** Writes what became of events. One that was folded gets its place in history: the channel's version with it. */
export async function saveFolded(trx: Knex.Transaction, schema: string, events: readonly Saved[]): Promise<void> {
  for (let at = 0; at < events.length; at += most) await saveSome(trx, schema, events.slice(at, at + most));
}

async function saveSome(trx: Knex.Transaction, schema: string, events: readonly Saved[]): Promise<void> {
  const rows = events.map(({ id, status, note, appliedVersion }) => ({
    id,
    status,
    note,
    applied_version: appliedVersion,
  }));
  await rowsOf(
    trx,
    `update ${table(schema, "events")} e
     set status = f.status, note = f.note, applied_version = f.applied_version,
       applied_at = case when f.applied_version is not null then coalesce(e.applied_at, clock_timestamp()) end
     from jsonb_to_recordset(:events::jsonb) as f (id bigint, status text, note text, applied_version integer)
     where e.id = f.id`,
    { events: JSON.stringify(rows) },
  );
}
