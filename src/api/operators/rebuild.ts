import type { ChannelRow } from "../../db/index.ts";
import { type ChannelReplay, planRebuild } from "../../engine/index.ts";
import { presentReplay, rebuild } from "../../operators/index.ts";
import type { Answer } from "../answer.ts";
import { advanceNow, type Api } from "../api.ts";
import { readChannel } from "../channels/read-channel.ts";
import type { Call } from "../create-router.ts";
import { readInput } from "../read-input.ts";
import { noMembers } from "../schemas.ts";

/** What a channel would be by its events. Changes nothing. */
export async function postRebuildPlan(api: Api, call: Call): Promise<Answer> {
  const { id } = await channelOf(api, call);
  return answerWith(api, await planRebuild(api, id, api.replayRules));
}

/** Makes a channel what it is by its events; what that would start is held. */
export async function postRebuild(api: Api, call: Call): Promise<Answer> {
  const { id } = await channelOf(api, call);
  const done = await rebuild(api, id, api.replayRules, call.principal().name);
  if (done?.differs === true) await advanceNow(api, id);
  return answerWith(api, done);
}

function channelOf(api: Api, call: Call): Promise<ChannelRow> {
  const { body = {} } = call;
  readInput(noMembers, body);
  return readChannel(api, call);
}

async function answerWith({ links }: Api, found: ChannelReplay | null): Promise<Answer> {
  if (found === null) throw new Error("a channel that was just read is gone");
  return { status: 200, body: await presentReplay(found, links) };
}
