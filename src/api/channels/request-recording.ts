import type { ChannelRow } from "../../db/index.ts";
import { appendWithin, operatorEvent } from "../../eventlog/index.ts";
import type { Status } from "../../live/index.ts";
import type { Answer } from "../answer.ts";
import { advanceNow, type Api } from "../api.ts";
import type { Call, Handler } from "../create-router.ts";
import { readInput } from "../read-input.ts";
import { noMembers } from "../schemas.ts";
import { findChannelById, readChannel, statusOf } from "./read-channel.ts";

type Request = "StartRequested" | "StopRequested";

/** A manual start or stop: accepted once it is in the log, however often it is asked for. */
export function requestRecording(type: Request): Handler<Api> {
  return async (api: Api, call: Call): Promise<Answer> => {
    const { body = {} } = call;
    readInput(noMembers, body);
    return { status: 202, body: await acceptRequest(api, await readChannel(api, call), type, call.principal().name) };
  };
}

/**
 * @param by - who asks
 * @returns the status that it led to
 */
export async function acceptRequest(api: Api, channel: ChannelRow, type: Request, by: string): Promise<Status> {
  await api.knex.transaction((trx) => appendWithin(trx, api.schema, [operatorEvent(channel, { type }, by)]));
  await advanceNow(api, channel.id);
  return statusOf((await findChannelById(api, channel.id)) ?? channel, api);
}
