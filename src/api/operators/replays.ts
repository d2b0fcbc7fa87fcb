import type { z } from "zod";

import type { ChannelReplay, ReplayMode } from "../../engine/index.ts";
import { listEvents, type Selected, selectEvents } from "../../eventlog/index.ts";
import { beginReplay, planReplay, presentReplays, runReplay } from "../../operators/index.ts";
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
  return { status: 200, body: await presentReplays(selected, channels, api.links) };
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
  return { status: 200, body: { ...(await presentReplays(selected, channels, api.links)), changed: changed.length } };
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
  const selected = await selectEvents(api, { ...filter, limit });
  assertFitsRequest(selected);
  return { selected, mode: { act, ended } };
}

/** Channels of one request at most; and events of their histories, which take some ten seconds to fold. */
const [channelsMost, foldedMost] = [500, 100_000];

/** @throws {Problem} if whoever asks would wait for too long: what they don't wait for any more would go on unseen */
function assertFitsRequest({ channels }: Selected): void {
  const folded = channels.reduce((sum, channel) => sum + channel.folded, 0);
  if (channels.length <= channelsMost && folded <= foldedMost) return;
  throw new Problem(
    "replay_too_large",
    `These events belong to ${channels.length} channels, whose histories have ${folded} events; one request may come ` +
      `to ${channelsMost} channels and ${foldedMost} events. Choose fewer, by channel or by time; or take "tally events ` +
      `replay", which does any number.`,
  );
}
