import { listCalls, toCallItem } from "../../journal/index.ts";
import {
  adviseRetry,
  dismissEffects,
  findEffect,
  listEffects,
  retryEffects,
  type StoredEffect,
} from "../../operators/index.ts";
import type { Answer } from "../answer.ts";
import { advanceNow, type Api } from "../api.ts";
import type { Call } from "../create-router.ts";
import { pageOf } from "../page.ts";
import { Problem } from "../problem.ts";
import { readInput } from "../read-input.ts";
import { noMembers } from "../schemas.ts";
import { orProblem } from "./or-problem.ts";
import { effectListQuery, effectPath } from "./schemas.ts";

/** Of one effect: it makes a handful in each of its few tries. */
const callsMost = 200;

/** What is owed to providers, was done or was given up, newest first. */
export async function listAllEffects(api: Api, { query }: Call): Promise<Answer> {
  const { limit, ...filter } = readInput(effectListQuery, query);
  const found = await listEffects(api, { ...filter, limit: limit + 1 });
  return { status: 200, body: pageOf(found, limit, ({ id }) => id) };
}

/** One of them, with its calls and what trying it again would do. */
export async function getEffect(api: Api, { params }: Call): Promise<Answer> {
  const stored = await effectOf(api, params);
  const calls = await listCalls(api, { effectIds: [stored.item.id], limit: callsMost });
  return { status: 200, body: { ...stored.item, calls: calls.map(toCallItem), retry: await adviseRetry(api, stored) } };
}

/** Has a dead one tried again. */
export async function postRetry(api: Api, { params, body = {}, principal }: Call): Promise<Answer> {
  readInput(noMembers, body);
  const stored = await effectOf(api, params);
  await retryEffects(api, [stored], principal().name).catch(orProblem);
  await advanceNow(api, stored.channelId);
  return { status: 202, body: (await effectOf(api, params)).item };
}

/** Puts a dead one aside that nobody wants any more. */
export async function postDismissal(api: Api, { params, body = {}, principal }: Call): Promise<Answer> {
  readInput(noMembers, body);
  const stored = await effectOf(api, params);
  await dismissEffects(api, [stored], principal().name).catch(orProblem);
  await advanceNow(api, stored.channelId);
  return { status: 200, body: (await effectOf(api, params)).item };
}

async function effectOf(api: Api, params: Call["params"]): Promise<StoredEffect> {
  const { id } = readInput(effectPath, params);
  const stored = await findEffect(api, id);
  if (stored === undefined) throw new Problem("effect_unknown", `There is no effect ${id}.`);
  return stored;
}
