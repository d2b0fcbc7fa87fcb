import type { z } from "zod";

import { type ChannelReplay, planReplay, type ReplayMode, type ReplayPlan } from "../../engine/index.ts";
import { replay, toReplayItem } from "../../operators/index.ts";
import type { Answer } from "../answer.ts";
import { advanceNow, type Api } from "../api.ts";
import type { Call } from "../create-router.ts";
import { Problem } from "../problem.ts";
import { readInput } from "../read-input.ts";
import { replayMost, replayRequest } from "./replay-schemas.ts";

/** What processing events again would change. Changes nothing. */
export async function postReplayPlan(api: Api, { body }: Call): Promise<Answer> {
  const { plan, limit } = await findPlan(api, readInput(replayRequest, body));
  return { status: 200, body: toReplayItem(plan, limit) };
}

/** Processes events again. */
export async function postReplay(api: Api, { body, principal }: Call): Promise<Answer> {
  const { plan, limit, mode } = await findPlan(api, readInput(replayRequest, body));
  const channels = await replay(api, plan, api.replayRules, mode, principal().name);
  const changed = channels.filter(({ differs }) => differs);
  await Promise.all(changed.map(({ channelId }) => advanceNow(api, channelId)));
  return { status: 200, body: { ...toReplayItem({ ...plan, channels }, limit), changed: changed.length } };
}

interface FoundPlan {
  plan: ReplayPlan & { channels: ChannelReplay[] };
  limit: number;
  mode: ReplayMode;
}

async function findPlan(api: Api, request: z.output<typeof replayRequest>): Promise<FoundPlan> {
  const { act = false, ended = false, limit = replayMost, ...selection } = request;
  const mode = { act, ended };
  const plan = await planReplay(api, { ...selection, limit }, api.replayRules, mode);
  const found = new Set(plan.ids);
  const missing = (selection.ids ?? []).filter((id) => !found.has(id));
  if (missing.length === 0) return { plan, limit, mode };
  throw new Problem("event_unknown", `Not there, or left out by the rest of the request: ${missing.join(", ")}.`);
}
