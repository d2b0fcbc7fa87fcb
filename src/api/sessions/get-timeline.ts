import { readTimeline } from "../../timeline/index.ts";
import type { Answer } from "../answer.ts";
import type { Api } from "../api.ts";
import type { Call } from "../create-router.ts";
import { getSession } from "./get-session.ts";

/** What happened in a session and why, of both providers and of Tally. */
export async function getTimeline(api: Api, call: Call): Promise<Answer> {
  // Whether there is such a session for this caller.
  await getSession(api, call);
  return { status: 200, body: await readTimeline(api, call.params.id ?? "", api.policy) };
}
