import type { ChannelRow } from "../../db/index.ts";
import { rowsOf, table } from "../../eventlog/index.ts";
import { type Status, toStatus } from "../../live/index.ts";
import { type PresentedStatus, presentStatus } from "../../playback/index.ts";
import type { Api } from "../api.ts";
import type { Call } from "../create-router.ts";
import { reaches } from "../principal.ts";
import { Problem } from "../problem.ts";
import { readInput } from "../read-input.ts";
import { type ChannelAnswer, channelPath } from "../schemas.ts";

/**
 * The channel that a request's path names.
 *
 * @throws {Problem} `invalid_request` if that is no channel name, `channel_unknown` if there is no such channel, or none
 * of the caller's
 */
export async function readChannel({ knex, schema }: Api, { params, principal }: Call): Promise<ChannelRow> {
  const { name } = readInput(channelPath, params);
  const [channel] = await rowsOf<ChannelRow>(knex, `select * from ${table(schema, "channels")} where name = :name`, {
    name,
  });
  if (channel !== undefined && reaches(principal(), channel)) return channel;
  throw new Problem(
    "channel_unknown",
    `There is no channel ${JSON.stringify(name)}: register it with PUT /v1/channels/${encodeURIComponent(name)}.`,
  );
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
