import type { RelayMode, SessionVideo, StatusReason } from "../live/index.ts";
import { type Announced, type ChannelState, problemReason, sessionId, type Status, toStatus } from "../live/index.ts";
import { type NotificationType, testType } from "./types.ts";

/** A channel as of the decision. */
export interface ToldChannel {
  id: number;
  name: string;
  hostUserId: string | null;
  version: number;
  /** When it was decided: milliseconds, database's clock. */
  now: number;
  defaultMode: RelayMode;
}

interface ChannelData {
  channel: string;
  channelId: number;
  hostUserId: string | null;
  sessionId: string;
  /** As it was with this decision. */
  status: Status;
}

type Details =
  | { reason: StatusReason | null; since: string | null }
  | { endReason: string | null }
  | { reason: StatusReason | null; final: boolean }
  | { video: ToldVideo | null };

export interface ToldVideo {
  uid: string;
  hls: string | null;
  dash: string | null;
  thumbnail: string | null;
  durationSeconds: number | null;
}

/**
 * The body of a notification, as it is kept: with plain links (`links.ts`).
 *
 * @param after - the state with the decision
 * @param video - of `video.ready`: that video
 */
export function bodyOf(
  announced: Announced,
  after: ChannelState,
  channel: ToldChannel,
  video: SessionVideo | null,
): string {
  const { id, name, hostUserId, version, now, defaultMode } = channel;
  const status = toStatus(after, { channel: name, version, updatedAt: now, defaultMode });
  const data: ChannelData & Partial<Details> = {
    channel: name,
    channelId: id,
    hostUserId,
    sessionId: sessionId(id, announced.session),
    ...detailsOf(announced, after, status, video),
    status,
  };
  return textOf(announced.notification, now, data);
}

/** @param now - milliseconds */
export function testBody(endpointId: string, now: number): string {
  return textOf(testType, now, { endpointId, message: "This is what a notification of Tally looks like." });
}

function textOf(type: NotificationType, at: number, data: object): string {
  return JSON.stringify({ type, timestamp: new Date(at).toISOString(), data });
}

function detailsOf(
  announced: Announced,
  after: ChannelState,
  status: Status,
  video: SessionVideo | null,
): Partial<Details> {
  switch (announced.notification) {
    case "live.started":
    case "live.playable":
      return {};
    case "live.degraded":
      return { reason: status.reason, since: iso(after.session?.lostAt ?? null) };
    case "live.ended":
      return { endReason: after.session?.ending?.reason ?? null };
    case "recording.failed":
      // Of the others, tries go on.
      return { reason: problemReason(after, announced.problem), final: announced.problem !== "not_starting" };
    case "video.ready":
      return { video: video === null ? null : toldVideo(video) };
  }
}

function toldVideo({ video, hls, dash, thumbnail, durationSeconds }: SessionVideo): ToldVideo {
  return { uid: video, hls, dash, thumbnail, durationSeconds };
}

function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
