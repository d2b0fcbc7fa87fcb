import type { Answer } from "../answer.ts";
import type { Api } from "../api.ts";
import type { Call } from "../create-router.ts";
import { readChannel, toChannelAnswer } from "./read-channel.ts";

export async function getChannel(api: Api, call: Call): Promise<Answer> {
  return { status: 200, body: toChannelAnswer(await readChannel(api, call), api) };
}
