import type { Knex } from "knex";

import { rowsOf, table } from "../../eventlog/index.ts";
import type { PresenceDoubted } from "../../live/index.ts";
import { addCatchUpsSql } from "./job.ts";

/** One time that Agora is asked who is where. */
export interface CatchUp {
  id: number;
  why: PresenceDoubted["why"];
  /** The only channel that it is about; null for all. */
  channel: string | null;
  /** How long no process was alive; null if a person asked for it. */
  gapSeconds: number | null;
  status: "open" | "done" | "failed";
  /** Channels that exist at Agora. */
  listed: number;
  /** Channels of ours that are asked about, new ones not included. */
  doubted: number;
  /** Channels unknown to us that were asked about, and of those the ones that are ours now. */
  asked: number;
  registered: number;
  /** Of the last try that failed. */
  error: string | null;
  createdAt: Date;
  finishedAt: Date | null;
}

const columns = `id, why, channel, gap_seconds as "gapSeconds", status, listed, doubted, asked, registered, error,
  created_at as "createdAt", finished_at as "finishedAt"`;

/**
 * Asks for a catch-up. A running service does it; without one, the next that starts.
 *
 * @param channel - the only channel to ask about; null for all
 * @returns its id
 */
export async function requestCatchUp(db: Knex, schema: string, channel: string | null): Promise<number> {
  const selected = "select 'operator', :channel::text, null";
  const [row] = await rowsOf<{ id: number }>(db, `with ${addCatchUpsSql(schema, selected)}`, { channel });
  if (row === undefined) throw new Error("the catch-up was not recorded");
  return row.id;
}

/** The newest first. */
export async function listCatchUps(
  db: Knex,
  schema: string,
  { limit, id }: { limit: number; id?: number },
): Promise<CatchUp[]> {
  return rowsOf<CatchUp>(
    db,
    `select ${columns} from ${table(schema, "catch_ups")} ${id === undefined ? "" : "where id = :id"}
     order by id desc limit :limit`,
    { limit, ...(id !== undefined && { id }) },
  );
}

/** A catch-up under way. */
export interface OpenCatchUp extends CatchUp {
  /** Unknown channels that are still to be asked about; null until the channels were listed. */
  toAsk: string[] | null;
}

/** @returns null if it is over, or there is none with this id */
export async function openCatchUp(db: Knex, schema: string, id: number): Promise<OpenCatchUp | null> {
  const [row] = await rowsOf<OpenCatchUp>(
    db,
    `select ${columns}, to_ask as "toAsk" from ${table(schema, "catch_ups")} where id = :id and status = 'open'`,
    { id },
  );
  return row ?? null;
}

/** Adds to what a catch-up has counted. */
export async function countDoubted(db: Knex, schema: string, id: number, doubted: number): Promise<void> {
  await update(db, schema, "doubted = doubted + :doubted", { id, doubted });
}

/** The channels were listed: what is known is doubted, the rest is to be asked about. */
export async function saveListed(
  db: Knex,
  schema: string,
  id: number,
  { listed, toAsk }: { listed: number; toAsk: string[] },
): Promise<void> {
  await update(db, schema, "listed = :listed, to_ask = :toAsk::jsonb", { id, listed, toAsk: JSON.stringify(toAsk) });
}

/** Takes those with an answer off the list, and puts those that were refused one at its end. */
export async function saveAsked(
  db: Knex,
  schema: string,
  id: number,
  { answered, refused, registered }: { answered: string[]; refused: string[]; registered: number },
): Promise<void> {
  await update(
    db,
    schema,
    `to_ask = (to_ask - :answered::text[] - :refused::text[]) || to_jsonb(:refused::text[]),
     asked = asked + :asked, registered = registered + :registered`,
    { id, answered, refused, asked: answered.length, registered },
  );
}

export async function saveError(db: Knex, schema: string, id: number, error: string): Promise<void> {
  await update(db, schema, "error = :error", { id, error });
}

/** @returns it as it ended; null if another has ended it */
export async function finish(db: Knex, schema: string, id: number, status: "done" | "failed"): Promise<CatchUp | null> {
  return update(db, schema, "status = :status, finished_at = clock_timestamp()", { id, status });
}

async function update(
  db: Knex,
  schema: string,
  change: string,
  values: Record<string, unknown>,
): Promise<CatchUp | null> {
  const [row] = await rowsOf<CatchUp>(
    db,
    `update ${table(schema, "catch_ups")} set ${change} where id = :id and status = 'open' returning ${columns}`,
    values,
  );
  return row ?? null;
}
