import { awaitCheck, requestCheck } from "../../operators/index.ts";
import type { Answer } from "../answer.ts";
import { advanceNow, type Api } from "../api.ts";
import { readChannel } from "../channels/read-channel.ts";
import type { Call } from "../create-router.ts";
import { readInput } from "../read-input.ts";
import { noMembers } from "../schemas.ts";

/** A provider that answers at all mostly does within a second. */
const waitMs = 5_000;

/** Has both providers asked how a channel is, and waits a moment for what they say. */
export async function postCheck(api: Api, call: Call): Promise<Answer> {
  readInput(noMembers, call.body ?? {});
  const channel = await readChannel(api, call);
  const after = await requestCheck(api, channel, call.principal().name);
  await advanceNow(api, channel.id);
  return { status: 202, body: await awaitCheck(api, channel, { after, ms: waitMs, policy: api.policy }) };
}
