import type { Answer } from "../answer.ts";
import type { Api } from "../api.ts";
import type { Call } from "../create-router.ts";
import { readInput } from "../read-input.ts";
import { noMembers } from "../schemas.ts";
import { readChannel } from "./read-channel.ts";

/** A token with which a browser may read this channel's status for 15 minutes, and nothing else. */
export async function createStatusToken(api: Api, call: Call): Promise<Answer> {
  const { body = {} } = call;
  readInput(noMembers, body);
  const { name } = await readChannel(api, call);
  const { token, expiresAt } = await api.statusTokens.sign(name);
  return { status: 200, body: { token, expiresAt: new Date(expiresAt).toISOString() } };
}
