import { readSessions, type SessionItem } from "../../operators/index.ts";
import type { Answer } from "../answer.ts";
import type { Api } from "../api.ts";
import type { Call } from "../create-router.ts";
import { reachCondition } from "../principal.ts";
import { Problem } from "../problem.ts";

export async function getSession(api: Api, call: Call): Promise<Answer> {
  return { status: 200, body: await readSession(api, call) };
}

/**
 * The session that a request's path names.
 *
 * @throws {Problem} `session_unknown` if there is no such session, or none of the caller's
 */
export async function readSession(api: Api, { params: { id = "" }, principal }: Call): Promise<SessionItem> {
  // What can't be an id is asked for nowhere: Postgres refuses a NUL.
  const reached = reachCondition(principal(), "c");
  const found = /^[\d-]+$/.test(id)
    ? await readSessions(api, `s.id = :id and ${reached.sql}`, { id, ...reached.values })
    : [];
  const [session] = found;
  if (session === undefined) throw new Problem("session_unknown", `There is no session ${JSON.stringify(id)}.`);
  return session;
}
