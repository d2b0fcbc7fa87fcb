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

/** The sessions of a channel that were opened last, the newest first. */
export function listSessionsOf(service: Service, channelId: number, limit: number): Promise<SessionItem[]> {
  const condition = "s.channel_id = :channelId order by s.number desc limit :limit";
  return readSessions(sessionDepsOf(service), condition, { channelId, limit });
}
