import type { Knex } from "knex";

import { audienceTypes, type EventSource, rowsOf, table } from "../../eventlog/index.ts";
import { type LiveEvent, renameInEvent } from "../../live/index.ts";
import { renameUser } from "../../webhooks/index.ts";
import { type Person, tokenOf } from "./person.ts";

/** Events that are read at a time. */
const pageSize = 500;

interface NamingEvent {
  id: number;
  source: EventSource;
  type: string;
  payload: unknown;
  raw: string | null;
  isFolded: boolean;
  isPending: boolean;
}

/** What is to become of an event: changed to what is here, or deleted. */
export type Erased = { id: number; isPending: boolean } & (
  { deleted: true } | { deleted: false; payload: unknown; raw: string | null }
);

/**
 * The events of a channel, or those that have none, which tell of a person, as they are without them. A viewer's coming and
 * going that nobody folded is deleted, and so is all of it that has no channel.
 *
 * @param to - the number in the person's place
 */
export async function* eventsWithout(
  db: Knex,
  schema: string,
  channelId: number | null,
  person: Person,
  to: number,
): AsyncGenerator<Erased> {
  for (let after = 0; ;) {
    const page = await rowsOf<NamingEvent>(
      db,
      `select id, source, type, payload, raw, applied_version is not null as "isFolded", status = 'pending' as "isPending"
       from ${table(schema, "events")}
       where channel_id is not distinct from :channelId::integer and id > :after
         and (payload::text ~ :token or raw ~ :token)
       order by id limit ${pageSize}`,
      { channelId, after, token: tokenOf(person) },
    );
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.id;
    for (const event of page) {
      const erased = without(event, { from: person.uid, to }, channelId === null);
      if (erased !== null) yield erased;
    }
  }
}

/** @returns null if it doesn't tell of them */
function without(event: NamingEvent, user: { from: number; to: number }, isStray: boolean): Erased | null {
  const { id, isPending, isFolded, type } = event;
  const isOurs = event.source === "operator" || event.source === "tally";
  const rename = (body: unknown) => (isOurs ? renameInEvent(body as LiveEvent, user) : renameUser(body, user));
  const payload = rename(event.payload);
  const raw = event.raw === null ? null : renameInText(event.raw, rename, user);
  if (JSON.stringify(payload) === JSON.stringify(event.payload) && raw === event.raw) return null;
  const isViewer = audienceTypes.includes(type) && !isFolded;
  return isStray || isViewer ? { id, isPending, deleted: true } : { id, isPending, deleted: false, payload, raw };
}

/** A body that was kept as text: mostly JSON that Postgres doesn't take as such. */
function renameInText(raw: string, rename: (body: unknown) => unknown, { from, to }: { from: number; to: number }) {
  try {
    const body: unknown = JSON.parse(raw);
    const renamed = rename(body);
    return renamed === body ? raw : JSON.stringify(renamed);
  } catch {
    return raw.replaceAll(new RegExp(`\\b${from}\\b`, "g"), String(to));
  }
}

/** Writes what became of them. */
export async function saveErased(trx: Knex.Transaction, schema: string, events: readonly Erased[]): Promise<void> {
  const gone = events.filter((event) => event.deleted).map(({ id }) => id);
  const changed = events.filter((event) => !event.deleted);
  await rowsOf(trx, `delete from ${table(schema, "events")} where id = any(:gone::bigint[])`, { gone });
  await rowsOf(
    trx,
    `update ${table(schema, "events")} e
     set payload = case when e.payload is null then null else f.payload end, raw = f.raw, erased_at = clock_timestamp()
     from jsonb_to_recordset(:changed::jsonb) as f (id bigint, payload jsonb, raw text) where e.id = f.id`,
    { changed: JSON.stringify(changed) },
  );
}
