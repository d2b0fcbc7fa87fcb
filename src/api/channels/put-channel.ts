import {
  claimStrays,
  registerAs,
  type Registered,
  type Registration,
  RegistrationRefused,
} from "../../eventlog/index.ts";
import type { Answer } from "../answer.ts";
import { advanceNow, type Api } from "../api.ts";
import type { Call } from "../create-router.ts";
import { Problem } from "../problem.ts";
import { invalidRequest, readInput } from "../read-input.ts";
import { channelPath, registration } from "../schemas.ts";
import { readChannel, toChannelAnswer } from "./read-channel.ts";

/** Registers a channel, or changes how it is registered. Events that came for it before are its own from now on. */
export async function putChannel(api: Api, call: Call): Promise<Answer> {
  const { params, body = {} } = call;
  const { name } = readInput(channelPath, params);
  const wanted = readInput(registration, body);
  const { channelId, isNew } = await register(api, name, wanted, call.principal().name);
  await claimStrays(api, { kind: "channel", key: name });
  await advanceNow(api, channelId);
  return { status: isNew ? 201 : 200, body: toChannelAnswer(await readChannel(api, call), api) };
}

async function register(api: Api, name: string, wanted: Registration, by: string): Promise<Registered> {
  try {
    return await registerAs(api, name, wanted, by);
  } catch (error) {
    throw error instanceof RegistrationRefused ? problemOf(error) : error;
  }
}

function problemOf({ code, message }: RegistrationRefused): Problem {
  switch (code) {
    case "id_taken":
      return new Problem("channel_id_taken", message);
    case "id_mismatch":
      return new Problem("channel_id_mismatch", message);
    case "host_uid_reserved":
      return invalidRequest([{ path: "hostUid", message }]);
  }
}
