import type { LiveEvent } from "./events.ts";
import type { ChannelState, Recorder } from "./state.ts";

/** One user of a channel under another number. */
export interface Renaming {
  from: number;
  to: number;
}

/**
 * The state that a channel would have if one of its users had always had another uid. Nothing but who it was differs, as
 * long as the new one is nobody's; so folding renamed events comes to the renamed state.
 */
export function renameInState(state: ChannelState, user: Renaming): ChannelState {
  const { hostUid, presence, recorders } = state;
  return {
    ...state,
    hostUid: hostUid === user.from ? user.to : hostUid,
    presence: mapEntries(presence, ([uid, entry]) => [uid === String(user.from) ? String(user.to) : uid, entry]),
    recorders: mapEntries(recorders, ([id, recorder]) => [id, renameInLayout(recorder, user)]),
  };
}

/** What an event of the log would say of that user. Uids of recorders are Tally's own, and stay. */
export function renameInEvent(event: LiveEvent, user: Renaming): LiveEvent {
  switch (event.type) {
    case "HostJoined":
    case "HostLeft":
    case "AudienceSeen":
      return event.uid === user.from ? { ...event, uid: user.to } : event;
    case "ChannelRegistered":
      return event.hostUid === user.from ? { ...event, hostUid: user.to } : event;
    case "PresenceChecked":
      return { ...event, broadcasters: renameUids(event.broadcasters, user) };
    case "LayoutRequested":
      return { ...event, hosts: renameUids(event.hosts, user) };
    case "RecorderAcquired":
      return event.hosts === undefined ? event : { ...event, hosts: renameUids(event.hosts, user) };
    default:
      return event;
  }
}

export function renameUids(uids: readonly number[], { from, to }: Renaming): number[] {
  return uids.map((uid) => (uid === from ? to : uid));
}

function renameInLayout(recorder: Recorder, user: Renaming): Recorder {
  const { layout } = recorder;
  if (layout === undefined) return recorder;
  const asked = layout.asked === null ? null : { ...layout.asked, hosts: renameUids(layout.asked.hosts, user) };
  return { ...recorder, layout: { ...layout, shown: renameUids(layout.shown, user), asked } };
}

function mapEntries<Value>(
  record: Record<string, Value>,
  change: (entry: [string, Value]) => [string, Value],
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).map(change));
}
