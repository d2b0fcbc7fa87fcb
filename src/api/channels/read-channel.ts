import type { ChannelRow } from "../../db/index.ts";
import { rowsOf, table, type Tables } from "../../eventlog/index.ts";
import { type Status, toStatus } from "../../live/index.ts";
import { type PresentedStatus, presentStatus } from "../../playback/index.ts";
import type { Api } from "../api.ts";
import type { Call } from "../create-router.ts";
import { type Principal, reaches } from "../principal.ts";
import { Problem } from "../problem.ts";
import { readInput } from "../read-input.ts";
import { type ChannelAnswer, channelPath } from "../schemas.ts";

/**
 * The channel that a request's path names.
 *
 * @param find - reads a channel by its name
 * @throws {Problem} `invalid_request` if that is no channel name, `channel_unknown` if there is no such channel, or none
 * of the caller's
 */
export async function readChannel(
  api: Api,
  { params, principal }: Call,
  find = (name: string) => findChannel(api, name),
): Promise<ChannelRow> {
  const { name } = readInput(channelPath, params);
  return reached(await find(name), principal(), name);
}

/**
 * A channel that was found, if it is there for them.
 *
 * @param sought - the name or the id that it was sought by
 * @throws {Problem} `channel_unknown`
 */
export function reached(channel: ChannelRow | undefined, principal: Principal, sought: string | number): ChannelRow {
  if (channel !== undefined && reaches(principal, channel)) return channel;
  throw new Problem("channel_unknown", `There is no channel ${JSON.stringify(sought)}${whatToDo(principal, sought)}.`);
}

/** The same whether the channel is not there or not for them. */
function whatToDo({ scope, reach }: Principal, sought: string | number): string {
  if (reach.kind !== "all") return " that you may see";
  const name = typeof sought === "string" ? encodeURIComponent(sought) : "{name}";
  return scope === "read" ? "" : `: register it with PUT /v1/channels/${name}`;
}

/** A channel as it is now. */
export async function findChannel({ knex, schema }: Tables, name: string): Promise<ChannelRow | undefined> {
  const sql = `select * from ${table(schema, "channels")} where name = :name`;
  const [channel] = await rowsOf<ChannelRow>(knex, sql, { name });
  return channel;
}

/** A channel as it is now. */
export async function findChannelById({ knex, schema }: Tables, id: number): Promise<ChannelRow | undefined> {
  const sql = `select * from ${table(schema, "channels")} where id = :id`;
  const [channel] = await rowsOf<ChannelRow>(knex, sql, { id });
  return channel;
}

/** The one place where a status gets the links that viewers use, and its entity tag. */
export function answerOf(channel: ChannelRow, api: Pick<Api, "defaultMode" | "links">): Promise<PresentedStatus> {
  return presentStatus(plainStatusOf(channel, api), channel.state.liveInput, api.links);
}

/** The status with links that play. */
export async function statusOf(channel: ChannelRow, api: Pick<Api, "defaultMode" | "links">): Promise<Status> {
  return (await answerOf(channel, api)).status;
}

function plainStatusOf(channel: ChannelRow, { defaultMode }: Pick<Api, "defaultMode">): Status {
  const { name, version, updated_at: updatedAt, state } = channel;
  return toStatus(state, { channel: name, version, updatedAt: updatedAt.getTime(), defaultMode });
}

/** A channel's registration, and the essence of its status. */
export function toChannelAnswer(channel: ChannelRow, api: Pick<Api, "defaultMode">): ChannelAnswer {
  const { state, isRecording, live, reason, hold, sessionId, version, updatedAt } = plainStatusOf(channel, api);
  return {
    id: channel.id,
    name: channel.name,
    hostUserId: channel.host_user_id,
    hostUid: channel.host_uid,
    relayMode: channel.relay_mode,
    createdAt: channel.created_at.toISOString(),
    status: { state, isRecording, live, reason, hold, sessionId, version, updatedAt },
  };
}
