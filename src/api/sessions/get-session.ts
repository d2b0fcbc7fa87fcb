import type { Answer } from "../answer.ts";
import type { Api } from "../api.ts";
import type { Call } from "../create-router.ts";
import { reachCondition } from "../principal.ts";
import { Problem } from "../problem.ts";
import { readSessions } from "./read-sessions.ts";

export async function getSession(api: Api, { params: { id = "" }, principal }: Call): Promise<Answer> {
  // What can't be an id is asked for nowhere: Postgres refuses a NUL.
  const reached = reachCondition(principal(), "c");
  const found = /^[\d-]+$/.test(id)
    ? await readSessions(api, `s.id = :id and ${reached.sql}`, { id, ...reached.values })
    : [];
  const [session] = found;
  if (session === undefined) throw new Problem("session_unknown", `There is no session ${JSON.stringify(id)}.`);
  return { status: 200, body: session };
}
