import type { z } from "zod";

import type { ChannelReplay, ReplayMode } from "../../engine/index.ts";
import { listEvents, type Selected, selectEvents } from "../../eventlog/index.ts";
import { beginReplay, planReplay, runReplay, toReplayItem } from "../../operators/index.ts";
import type { Answer } from "../answer.ts";
import { advanceNow, type Api } from "../api.ts";
import type { Call } from "../create-router.ts";
import { Problem } from "../problem.ts";
import { readInput } from "../read-input.ts";
import { replayMost, replayRequest } from "./replay-schemas.ts";

/** What processing events again would change. Changes nothing. */
export async function postReplayPlan(api: Api, { body }: Call): Promise<Answer> {
  const { selected, mode } = await select(api, readInput(replayRequest, body));
  const channels: ChannelReplay[] = [];
  for await (const channel of planReplay(api, selected, api.replayRules, mode)) channels.push(channel);
  return { status: 200, body: toReplayItem(selected, channels) };
}

/** Processes events again. */
export async function postReplay(api: Api, { body, principal }: Call): Promise<Answer> {
  const { selected, mode } = await select(api, readInput(replayRequest, body));
  const { name } = principal();
  const started = await beginReplay(api, selected, mode, name);
  const channels: ChannelReplay[] = [];
  for await (const channel of runReplay(api, started, api.replayRules, name)) channels.push(channel);
  const changed = channels.filter(({ differs }) => differs);
  await Promise.all(changed.map(({ channelId }) => advanceNow(api, channelId)));
  return { status: 200, body: { ...toReplayItem(selected, channels), changed: changed.length } };
}

async function select(
  api: Api,
  request: z.output<typeof replayRequest>,
): Promise<{ selected: Selected; mode: ReplayMode }> {
  const { act = false, ended = false, limit = replayMost, ...filter } = request;
  const { ids } = filter;
  if (ids !== undefined) {
    const found = new Set((await listEvents(api, { ...filter, limit: ids.length })).map(({ id }) => id));
    const missing = ids.filter((id) => !found.has(id));
    if (missing.length > 0) {
      throw new Problem("event_unknown", `Not there, or left out by the rest of the request: ${missing.join(", ")}.`);
    }
  }
  return { selected: await selectEvents(api, { ...filter, limit }), mode: { act, ended } };
}
