import { type ChannelState, darkSince, hostlessSince, type RelayMode, toStatus } from "../live/index.ts";

/** The columns of a channel's row that people and SQL read; all of them follow from the state. */
export interface ChannelColumns {
  is_active: boolean;
  started_at: string | null;
  ended_at: string | null;
  stream_mode: RelayMode | null;
  hls_playback_url: string | null;
  relay_status: string;
  relay_started_at: string | null;
  stream_key_id: string | null;
  agora_resource_id: string | null;
  agora_sid: string | null;
  is_live: boolean;
  /** Since when a host is here and it isn't live, though it should be. */
  dark_since: string | null;
  /** Since when a recorder runs without a host. */
  hostless_since: string | null;
}

/** @param context - of the channel's row: its name and version, and the time of this change (ms) */
export function projectChannel(
  state: ChannelState,
  context: { channel: string; version: number; updatedAt: number; defaultMode: RelayMode },
): ChannelColumns {
  const status = toStatus(state, context);
  const { session, relay } = state;
  const resourceId = relay?.resourceId ?? null;
  const recorder = resourceId === null ? undefined : state.recorders[resourceId];
  return {
    is_active: session !== null && session.closedAt === null,
    started_at: status.startedAt,
    ended_at: status.stoppedAt,
    stream_mode: relay?.mode ?? null,
    hls_playback_url: status.playback?.hls ?? null,
    relay_status: status.relay.state === "none" ? "idle" : status.relay.state,
    relay_started_at: iso(recorder?.runningAt ?? null),
    stream_key_id: state.liveInput.uid,
    agora_resource_id: resourceId,
    agora_sid: recorder?.recordingSid ?? null,
    is_live: status.live,
    dark_since: iso(darkSince(state)),
    hostless_since: iso(hostlessSince(state)),
  };
}

function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
