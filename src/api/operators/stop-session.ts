import { stopSession } from "../../operators/index.ts";
import type { Answer } from "../answer.ts";
import { advanceNow, type Api } from "../api.ts";
import type { Call } from "../create-router.ts";
import { readInput } from "../read-input.ts";
import { noMembers } from "../schemas.ts";
import { readSession } from "../sessions/get-session.ts";
import { orProblem } from "./or-problem.ts";

/** Stops this session: unlike a stop of its channel, never the one that came after it. */
export async function postStop(api: Api, call: Call): Promise<Answer> {
  const { body = {} } = call;
  readInput(noMembers, body);
  const session = await readSession(api, call);
  await stopSession(api, session, call.principal().name).catch(orProblem);
  await advanceNow(api, session.channelId);
  return { status: 202, body: await readSession(api, call) };
}
