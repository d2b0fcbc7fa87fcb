import { releaseChannel } from "../../operators/index.ts";
import type { Answer } from "../answer.ts";
import { advanceNow, type Api } from "../api.ts";
import { readChannel, statusOf } from "../channels/read-channel.ts";
import type { Call } from "../create-router.ts";
import { readInput } from "../read-input.ts";
import { noMembers } from "../schemas.ts";

/** Releases a channel's hold, if it has one. */
export async function postRelease(api: Api, call: Call): Promise<Answer> {
  const { body = {} } = call;
  readInput(noMembers, body);
  const channel = await readChannel(api, call);
  if (await releaseChannel(api, channel, call.principal().name)) await advanceNow(api, channel.id);
  return { status: 202, body: await statusOf(await readChannel(api, call), api) };
}
