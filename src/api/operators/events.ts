import { getEvent } from "../../eventlog/index.ts";
import { listEventItems, toEventDetail } from "../../operators/index.ts";
import type { Answer } from "../answer.ts";
import type { Api } from "../api.ts";
import type { Call } from "../create-router.ts";
import { pageOf } from "../page.ts";
import { Problem } from "../problem.ts";
import { readInput } from "../read-input.ts";
import { eventListQuery, eventPath } from "./schemas.ts";

/** The log, newest first. */
export async function listLog(api: Api, { query }: Call): Promise<Answer> {
  const { limit, ...filter } = readInput(eventListQuery, query);
  const found = await listEventItems(api, { ...filter, limit: limit + 1 });
  return { status: 200, body: pageOf(found, limit, ({ id }) => id) };
}

/** One event with its body. */
export async function getLogged(api: Api, { params }: Call): Promise<Answer> {
  const { id } = readInput(eventPath, params);
  const event = await getEvent(api, id);
  if (event === null) throw new Problem("event_unknown", `There is no event ${id}.`);
  return { status: 200, body: toEventDetail(event) };
}
