import { rowsOf, table, type Tables } from "../../eventlog/index.ts";
import { readSessions, type SessionDeps, type SessionItem } from "../../operators/index.ts";
import { Failure } from "../failure.ts";
import type { Service } from "../with-service.ts";
import { linksOf } from "./links.ts";

/** What sessions are read with. */
export function sessionDepsOf(service: Service): SessionDeps {
  return { ...service.tables, prices: service.config.prices, links: linksOf(service) };
}

/** @throws {Failure} if there is no session with this id */
export async function findSession(service: Service, id: string): Promise<SessionItem> {
  const [session] = await readSessions(sessionDepsOf(service), "s.id = :id", { id });
  if (session === undefined) {
    throw new Failure(`There is no session "${id}". "tally sessions list" shows those that there are.`);
  }
  return session;
}

/**
 * The id of the session that is meant: of this id, or else the newest of the channel of this name.
 *
 * @throws {Failure} if there is neither
 */
export async function findSessionId({ knex, schema }: Tables, idOrChannel: string): Promise<string> {
  const [found] = await rowsOf<{ id: string }>(
    knex,
    `select s.id from ${table(schema, "sessions")} s join ${table(schema, "channels")} c on c.id = s.channel_id
     where s.id = :idOrChannel or c.name = :idOrChannel order by s.id = :idOrChannel desc, s.number desc limit 1`,
    { idOrChannel },
  );
  if (found !== undefined) return found.id;
  throw new Failure(
    `There is no session "${idOrChannel}", and no channel of this name that had one. ` +
      '"tally sessions list" shows those that there are.',
  );
}

/** The sessions of a channel that were opened last, the newest first. */
export function listSessionsOf(service: Service, channelId: number, limit: number): Promise<SessionItem[]> {
  const condition = "s.channel_id = :channelId order by s.number desc limit :limit";
  return readSessions(sessionDepsOf(service), condition, { channelId, limit });
}
