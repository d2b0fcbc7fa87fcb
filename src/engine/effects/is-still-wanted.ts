import { type ChannelState, type Effect, isLive } from "../../live/index.ts";

/**
 * Whether an effect is still owed: its attempt is open and nothing newer took its place. Pure. This is how an effect is
 * cancelled, and what makes a second run of one harmless.
 */
export function isStillWanted(effect: Effect, state: ChannelState): boolean {
  switch (effect.type) {
    case "EnsureLiveInput": {
      const { uid, pending, attempts } = state.liveInput;
      return uid === null && pending && attempts === effect.attempt;
    }
    case "DisableLiveInput":
      return state.relay === null && !state.liveInput.disabled && state.liveInput.disable.round === effect.round;
    case "StartRelay": {
      if (!isRelayOf(effect, state)) return false;
      const resourceId = state.relay?.resourceId ?? null;
      return resourceId === null || state.recorders[resourceId]?.state === "acquired";
    }
    case "StopRecorder": {
      const recorder = state.recorders[effect.resourceId];
      if (recorder === undefined || recorder.state === "ended" || recorder.stop === null) return false;
      return recorder.stop.round === effect.round && !recorder.stop.dead;
    }
    case "RepointRecorder": {
      if (!isRelayOf(effect, state) || state.relay?.resourceId !== effect.resourceId) return false;
      const recorder = state.recorders[effect.resourceId];
      return recorder?.state === "running" && recorder.repoints === effect.round && state.relay.repointedAt !== null;
    }
    case "ArrangeHosts": {
      if (!isRelayOf(effect, state) || state.relay?.resourceId !== effect.resourceId) return false;
      const { layout, state: itsState } = state.recorders[effect.resourceId] ?? {};
      return itsState === "running" && layout?.asked != null && layout.rounds === effect.round;
    }
    case "RenewStorage": {
      const recorder = state.recorders[effect.resourceId];
      const isAskedFor = recorder?.storage?.round === effect.round && recorder.storage.asked?.failedAt === null;
      return isAskedFor && recorder.state === "running" && recorder.stop === null;
    }
    case "CheckPresence":
      return isAsked(state.checks.presence, effect.check);
    case "CheckIngest":
      return isAsked(state.checks.ingest, effect.check);
    case "CheckPlayback":
      return isLive(state) && state.playback?.seen === null && isAsked(state.playback.check, effect.check);
    case "CheckRecorder": {
      const recorder = state.recorders[effect.resourceId];
      return recorder?.proof === null && isAsked(recorder.check, effect.check);
    }
    case "CheckVideo": {
      const awaited = state.videos?.[effect.session];
      return awaited?.round === effect.round && awaited.asked?.failedAt === null;
    }
    case "DeleteVideo": {
      const deletion = state.deletions?.[effect.video];
      return deletion?.round === effect.round && deletion.asked?.failedAt === null && !deletion.dead;
    }
  }
}

function isRelayOf({ session, attempt }: { session: number; attempt: number }, state: ChannelState): boolean {
  return state.session?.number === session && state.relay?.attempt === attempt;
}

function isAsked(check: { id: number; answeredAt: number | null } | null, id: number): boolean {
  return check?.id === id && check.answeredAt === null;
}
