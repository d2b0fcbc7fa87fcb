import type { LiveEvent } from "./events.ts";
import { foldCheckup } from "./evolve/checkup.ts";
import { foldDecision } from "./evolve/decision.ts";
import { foldDeletion } from "./evolve/deletions.ts";
import { type Folded, learnt } from "./evolve/folded.ts";
import { foldIngest } from "./evolve/ingest.ts";
import { foldOperator } from "./evolve/operator.ts";
import { foldPresence } from "./evolve/presence.ts";
import { foldRecording } from "./evolve/recording.ts";
import { settle } from "./evolve/settle.ts";
import { foldStart } from "./evolve/start.ts";
import { foldStop } from "./evolve/stop.ts";
import { foldStorage } from "./evolve/storage.ts";
import { foldVideo } from "./evolve/videos.ts";
import type { Policy } from "./policy.ts";
import type { ChannelState } from "./state.ts";

/** One event of the log. `at` is when we received it, in milliseconds of the database's clock. */
export interface Entry {
  at: number;
  event: LiveEvent;
}

/**
 * Folds one event into the state of its channel. Pure, and never throws for what a provider may send.
 *
 * @param policy - only who counts as a bot: what was decided is in the log, so a rebuild needs no policy and no clock
 * @returns the new state, whether the event taught us anything, and a note for the log: why not, or what it reveals
 */
export function evolve(state: ChannelState, entry: Entry, policy: Pick<Policy, "botClientTypes">): Folded {
  const before = { ...state, folded: state.folded + 1 };
  const folded = foldEvent(before, entry, policy);
  return { ...folded, state: settle(state, folded.state, entry.at) };
}

function foldEvent(state: ChannelState, { event, at }: Entry, policy: Pick<Policy, "botClientTypes">): Folded {
  switch (event.type) {
    case "HostJoined":
    case "HostLeft":
    case "AudienceSeen":
    case "ChannelDestroyed":
      return foldPresence(state, event, at, policy.botClientTypes);
    case "RecorderStarted":
    case "RecorderEnded":
    case "RtmpStatusChanged":
    case "RecorderFailedOver":
    case "RecorderErrored":
    case "RecorderSeen":
      return foldRecording(state, event, at);
    case "IngestConnected":
    case "IngestDisconnected":
    case "IngestErrored":
      return foldIngest(state, event, at);
    case "VideoProcessed":
    case "VideosListed":
    case "VideoCheckFailed":
      return foldVideo(state, event, at);
    case "VideoExpired":
    case "VideoDeleted":
    case "VideoDeletionFailed":
    case "VideoDeletionRetried":
      return foldDeletion(state, event, at);
    case "ChannelRegistered":
    case "StartRequested":
    case "StopRequested":
    case "HoldReleased":
    case "CheckRequested":
    case "StopRetried":
    case "EffectRetried":
    case "EffectDismissed":
    case "ReplayRequested":
    case "PersonErased":
      return foldOperator(state, event, at);
    case "PresenceDoubted":
      return learnt({ ...state, doubtedAt: at });
    case "LiveInputReady":
    case "LiveInputConfigured":
    case "LiveInputFailed":
    case "LiveInputGone":
    case "LiveInputSwitched":
    case "LiveInputDisableFailed":
    case "RecorderAcquired":
    case "RecorderStartAccepted":
    case "RecorderAlreadyRunning":
    case "RelayStartFailed":
      return foldStart(state, event, at);
    case "RecorderStopAccepted":
    case "RecorderStopConfirmed":
    case "RecorderStopFailed":
    case "RepointAccepted":
    case "RepointFailed":
    case "LayoutAccepted":
    case "LayoutFailed":
      return foldStop(state, event, at);
    case "StorageRenewed":
    case "StorageRenewalFailed":
      return foldStorage(state, event, at);
    case "PresenceChecked":
    case "RecorderChecked":
    case "IngestChecked":
    case "PlaybackChecked":
    case "CheckFailed":
      return foldCheckup(state, event, at);
    case "SessionOpened":
    case "SessionEnding":
    case "SessionClosed":
    case "LiveInputRequested":
    case "LiveInputDisableRequested":
    case "RelayRequested":
    case "RelayReleased":
    case "RelayAdopted":
    case "RelayPostponed":
    case "RecorderPresumedEnded":
    case "RecorderStopRequested":
    case "RecorderStopDied":
    case "RepointRequested":
    case "LayoutRequested":
    case "StorageRenewalRequested":
    case "PresenceCheckRequested":
    case "RecorderCheckRequested":
    case "IngestCheckRequested":
    case "VideoCheckRequested":
    case "VideoDeletionRequested":
    case "VideoDeletionDied":
    case "PlaybackCheckRequested":
    case "BroadcastEnded":
    case "HoldSet":
    case "HoldCleared":
    case "Announced":
      return learnt(foldDecision(state, event, at));
  }
}
