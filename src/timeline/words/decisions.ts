import type { Decision, EndReason, HoldReason } from "../../live/index.ts";
import { tellBroadcastEnd } from "../picture.ts";
import { type Scene, whyReleased } from "../scene.ts";
import type { Told } from "../timeline.ts";
import { carrier, lasting, sentences, short, uids } from "./phrases.ts";

export type Words<Event extends { type: string }> = {
  readonly [Type in Event["type"]]: (event: Extract<Event, { type: Type }>, scene: Scene) => Told;
};

const lane = "tally";

/** Every decision with its reason. A type that is missing here doesn't compile. */
export const decisionWords: Words<Decision> = {
  SessionOpened: ({ session, cause }, scene) => ({
    lane,
    title: `Session ${session} opened: ${cause === "host" ? `${hostHere(scene)}${byReplay(scene)}` : byHand}`,
    tone: "good",
  }),
  SessionEnding: ({ session, reason }) => ({ lane, title: `Session ${session} ends: ${endReasons[reason]}` }),
  SessionClosed: ({ session, reason }, { hosts }) => ({
    lane,
    title: `Session ${session} closed: ${hosts.size > 0 ? "the next one is wanted" : "nothing of it runs any more"}`,
    detail: `it ended because ${endReasons[reason]}`,
  }),
  LiveInputRequested: ({ attempt }) => ({
    lane,
    title: "Asked Cloudflare for a live input: the channel has none",
    detail: attempt > 1 ? `attempt ${attempt}` : null,
  }),
  LiveInputDisableRequested: ({ round }) => ({
    lane,
    title: "Asked Cloudflare to refuse the picture: a recorder can't be stopped, and nobody is to be live",
    detail: `round ${round}`,
    tone: "bad",
  }),
  RelayRequested: (event, scene) => ({
    lane,
    title: `Asked Agora to start a recorder${event.attempt > 1 ? " again" : ""}: ${whyRelay(event.attempt, scene)}`,
    detail: sentences(
      `attempt ${event.attempt}`,
      `${carrier(event.mode)} as uid ${event.uid}`,
      event.resourceId === null ? null : `with the same resource ${short(event.resourceId)}`,
    ),
  }),
  RelayReleased: ({ attempt, why, restarts }) => ({
    lane,
    title: `Recorder of attempt ${attempt} given up: ${whyReleased[why]}`,
    detail: `loss ${restarts} in a row`,
    tone: "bad",
  }),
  RelayAdopted: ({ attempt, resourceId }) => ({
    lane,
    title: `Recorder of attempt ${attempt} kept: it runs after all, though its start was never answered`,
    detail: `resource ${short(resourceId)}`,
    tone: "good",
  }),
  RelayPostponed: ({ attempt }) => ({
    lane,
    title: "Recorder has to wait: all places are taken (MAX_ACTIVE_RELAYS)",
    detail: `attempt ${attempt}`,
    tone: "bad",
  }),
  RecorderPresumedEnded: ({ resourceId, why }) => ({
    lane,
    title: `Recorder ${short(resourceId)} taken for ended: ${
      why === "not_found" ? "Agora has not found it for longer than a move takes" : "it can't run for so long"
    }`,
  }),
  RecorderStopRequested: ({ resourceId, round }, scene) => ({
    lane,
    title: `Asked Agora to stop the recorder${round > 1 ? " again" : ""}: ${round > 1 ? "the last stop did not hold" : whyStop(scene)}`,
    detail: sentences(`resource ${short(resourceId)}`, round > 1 ? `round ${round}` : null),
  }),
  RecorderStopDied: ({ resourceId, round, error }, { policy }) => ({
    lane,
    title: `Recorder ${short(resourceId)} can't be stopped: given up after ${lasting(policy.stopDeadMs)}. It costs money: a person must look`,
    detail: `${round} tries; the last: ${error}`,
    tone: "bad",
  }),
  RepointRequested: ({ resourceId }) => ({
    lane,
    title: "Asked Agora to push again: the picture doesn't arrive at Cloudflare",
    detail: `resource ${short(resourceId)}`,
  }),
  LayoutRequested: ({ hosts }) => ({
    lane,
    title: `Asked Agora for another layout: others are here than it shows (${uids(hosts)})`,
  }),
  StorageRenewalRequested: ({ resourceId }) => ({
    lane,
    title: "Asked for new keys to the recording's storage: the old ones end",
    detail: `resource ${short(resourceId)}`,
  }),
  PresenceCheckRequested: (_event, scene) => ({ lane, title: `Asked Agora who is here: ${whyPresence(scene)}` }),
  RecorderCheckRequested: ({ resourceId }, scene) => ({
    lane,
    title: `Asked Agora how the recorder is: ${whyRecorder(resourceId, scene)}`,
    detail: `resource ${short(resourceId)}`,
  }),
  IngestCheckRequested: (_event, { picture }) => ({
    lane,
    title: `Asked Cloudflare how the picture is: ${picture.isAwaited ? "it has not said that it arrived" : picture.lost === null ? "it may be gone" : "it is missing"}`,
  }),
  VideoCheckRequested: ({ round }) => ({
    lane,
    title: "Asked Cloudflare for the video: its webhook did not come",
    detail: `question ${round}`,
  }),
  VideoDeletionRequested: ({ video }) => ({
    lane,
    title: "Video to be deleted: it is older than recordings are kept",
    detail: `video ${short(video)}`,
  }),
  VideoDeletionDied: ({ video, error }) => ({
    lane,
    title: `Video ${short(video)} can't be deleted: given up. A person must look`,
    detail: error,
    tone: "bad",
  }),
  PlaybackCheckRequested: ({ last }) => ({
    lane,
    title: "Asked Cloudflare's delivery whether viewers can watch",
    detail: last ? "by now they should" : null,
  }),
  BroadcastEnded: (_event, { picture, at }) => ({ lane, ...tellBroadcastEnd(picture, at) }),
  HoldSet: ({ reason }) => ({
    lane,
    title: `Channel held, nothing is started: ${holdReasons[reason]}`,
    tone: reason === "gave_up" ? "bad" : "neutral",
  }),
  HoldCleared: () => ({ lane, title: "Hold ended: the host has left" }),
  Announced: ({ notification }, { told }) => ({
    lane,
    ...tellAnnounced(notification, told),
    tone: announcedBad.has(notification) ? "bad" : "neutral",
  }),
};

const announcedBad: ReadonlySet<string> = new Set(["live.degraded", "recording.failed"]);

/** Why a session ended, as the end of a sentence. */
export const endReasons: Readonly<Record<EndReason, string>> = {
  host_left: "the host left and did not come back in time",
  no_host: "no host came",
  operator_stop: "a stop was asked for by hand",
  max_duration: "it reached the longest time that one may have (MAX_SESSION_HOURS)",
  gave_up: "its recorder could not be brought to run",
  replay: "a replay of events changed what led to it",
};

const holdReasons: Readonly<Record<HoldReason, string>> = {
  operator_stop: "a stop was asked for by hand",
  max_duration: "the session reached its longest time",
  gave_up: "enough starts have failed; a person must look",
  replay: "a replay changed history; the next word about a host ends this",
};

/** @param told - of which endpoints; null: that is not kept, or not written yet */
function tellAnnounced(notification: string, told: Scene["told"]): Pick<Told, "title" | "detail"> {
  if (told === null) return { title: `Announced: ${notification}` };
  if (told.endpoints === 0) {
    return { title: `Status changed: ${notification}`, detail: "nobody to tell: no endpoint wants it" };
  }
  if (told.delivered === 0) {
    return { title: `App to be told: ${notification}`, detail: "not delivered yet, or given up" };
  }
  return { title: `App told: ${notification}` };
}

const byHand = "a start was asked for by hand";

function hostHere({ hosts }: Scene): string {
  return hosts.size > 0 ? `a host is here (${uids(hosts.keys())})` : "a host is here";
}

function byReplay({ isReplayed }: Scene): string {
  return isReplayed ? ", as the replay showed" : "";
}

function whyRelay(attempt: number, scene: Scene): string {
  const { hosts, trouble, cause } = scene;
  if (trouble !== null) return `the last one failed (${trouble})`;
  if (attempt > 1) return "the last one is no more";
  return hosts.size === 0 && cause === "manual" ? byHand : `a host is present${byReplay(scene)}`;
}

function whyStop({ hosts }: Scene): string {
  return hosts.size > 0 ? "it is not the one that is wanted now" : "nobody wants it any more";
}

function whyPresence({ hosts, hostsHeardAt, policy, at }: Scene): string {
  const silentMs = at - hostsHeardAt;
  const isRoutine = policy.checkupMs > 0 && hostsHeardAt > 0 && silentMs >= policy.checkupMs;
  if (!isRoutine) return "who is here is in doubt";
  return `nothing was heard of ${hosts.size > 0 ? uids(hosts.keys()) : "any host"} for ${lasting(silentMs)}`;
}

function whyRecorder(resourceId: string, { recorders, missing, stopping, picture, policy, at }: Scene): string {
  if (missing.has(resourceId)) return "it was not found";
  if (stopping.has(resourceId)) return "that it stopped was not heard";
  const heardAt = recorders.get(resourceId);
  const isRoutine = policy.checkupMs > 0 && heardAt !== undefined && at - heardAt >= policy.checkupMs;
  if (isRoutine) return `it has been silent for ${lasting(at - heardAt)}`;
  if (picture.isAwaited) return "its picture has not arrived";
  return picture.lost === null ? "something may be wrong with it" : "its picture is missing";
}
