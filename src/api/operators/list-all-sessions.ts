import { listSessions } from "../../operators/index.ts";
import type { Answer } from "../answer.ts";
import type { Api } from "../api.ts";
import type { Call } from "../create-router.ts";
import { pageOf } from "../page.ts";
import { readInput } from "../read-input.ts";
import { allSessionsQuery } from "./schemas.ts";

/** The sessions of all channels, those first that were opened last. */
export async function listAllSessions(api: Api, { query }: Call): Promise<Answer> {
  const { limit, ...filter } = readInput(allSessionsQuery, query);
  const found = await listSessions(api, { ...filter, limit: limit + 1 });
  return { status: 200, body: pageOf(found, limit, ({ id }) => id) };
}
