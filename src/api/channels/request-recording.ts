import { appendWithin, operatorEvent } from "../../eventlog/index.ts";
import type { Answer } from "../answer.ts";
import { advanceNow, type Api } from "../api.ts";
import type { Call, Handler } from "../create-router.ts";
import { readInput } from "../read-input.ts";
import { noMembers } from "../schemas.ts";
import { readChannel, statusOf } from "./read-channel.ts";

/** A manual start or stop: accepted once it is in the log, however often it is asked for. */
export function requestRecording(type: "StartRequested" | "StopRequested"): Handler<Api> {
  return async (api: Api, call: Call): Promise<Answer> => {
    const { body = {} } = call;
    readInput(noMembers, body);
    const channel = await readChannel(api, call);
    await api.knex.transaction((trx) => appendWithin(trx, api.schema, [operatorEvent(channel, { type })]));
    await advanceNow(api, channel.id);
    return { status: 202, body: await statusOf(await readChannel(api, call), api) };
  };
}
