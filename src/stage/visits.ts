import { createHash, randomBytes } from "node:crypto";

import { rowsOf, table, type Tables } from "../eventlog/index.ts";
import type { StageVisit } from "./stage-token.ts";

/** A page that was not heard of for so long is gone: it speaks every 10 s, and on its way out. */
const silentSeconds = 30;
/** How long a browser that left the page may take to load it again, before others can have it. */
const reloadSeconds = 5;

/** A browser that has the page open, known by its cookie. */
export interface Visitor {
  visit: string;
  /** Of this page; null when it was just loaded. */
  opening: number | null;
}

export interface Bound {
  opening: number;
  /** `kept`: the same page as before. `taken over`: another browser than before. */
  how: "opened" | "taken over" | "kept";
}

/** An id that can't be guessed; only its hash is kept. */
export function newVisit(): string {
  return randomBytes(16).toString("base64url");
}

/**
 * Gives a recorder's page to this visitor, if nobody else has it open: two clients with one uid would throw each other
 * out of the channel. A page that is loaded again in the same browser takes the place of the one before.
 *
 * @returns null if it is open elsewhere, and was heard of within 30 s by the database's clock
 */
export async function bindVisit(
  { knex, schema }: Tables,
  { channelId, session, attempt }: StageVisit,
  { visit, opening }: Visitor,
): Promise<Bound | null> {
  const visits = table(schema, "stage_visits");
  const [bound] = await rowsOf<Bound>(
    knex,
    `with before as (
       select visit_hash, openings, seen_at from ${visits}
       where channel_id = :channelId and session = :session and attempt = :attempt
     ), bound as (
       insert into ${visits} as v (channel_id, session, attempt, visit_hash)
       values (:channelId, :session, :attempt, :hash)
       on conflict (channel_id, session, attempt) do update set
         visit_hash = excluded.visit_hash,
         openings = v.openings + (v.visit_hash <> :hash or v.openings is distinct from :opening)::integer,
         opened_at = case when v.visit_hash = :hash and v.openings = :opening then v.opened_at else excluded.opened_at end,
         seen_at = excluded.seen_at
       where v.seen_at < clock_timestamp() - make_interval(secs => :silentSeconds)
         or (v.visit_hash = :hash and v.openings = coalesce(:opening, v.openings))
       returning openings
     )
     select bound.openings as opening,
       case
         when before.visit_hash = :hash and bound.openings = before.openings then 'kept'
         when before.visit_hash <> :hash then 'taken over'
         else 'opened'
       end as how
     from bound left join before on true`,
    { channelId, session, attempt, hash: hashOf(visit), opening, silentSeconds },
  );
  return bound ?? null;
}

/** Notes that the page is open still. @returns false if it isn't this visitor's (any more) */
export async function keepVisit(tables: Tables, of: StageVisit, visitor: Visitor): Promise<boolean> {
  return touch(tables, of, visitor, "clock_timestamp()");
}

/**
 * Notes that the page was left, so that nobody has to wait for its silence: only for the moment in which the same browser
 * may be loading it again.
 *
 * @returns false if it isn't this visitor's (any more)
 */
export async function endVisit(tables: Tables, of: StageVisit, visitor: Visitor): Promise<boolean> {
  return touch(tables, of, visitor, `clock_timestamp() - make_interval(secs => ${silentSeconds - reloadSeconds})`);
}

async function touch(
  { knex, schema }: Tables,
  { channelId, session, attempt }: StageVisit,
  { visit, opening }: Visitor,
  seenAt: string,
): Promise<boolean> {
  const touched = await rowsOf(
    knex,
    `update ${table(schema, "stage_visits")} set seen_at = ${seenAt}
     where channel_id = :channelId and session = :session and attempt = :attempt
       and visit_hash = :hash and openings = :opening
     returning true`,
    { channelId, session, attempt, hash: hashOf(visit), opening },
  );
  return touched.length > 0;
}

function hashOf(visit: string): string {
  return createHash("sha256").update(visit).digest("base64url");
}
