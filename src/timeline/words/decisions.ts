import type { Decision, EndReason, HoldReason } from "../../live/index.ts";
import { type Scene, whyReleased } from "../scene.ts";
import type { Told } from "../timeline.ts";
import { carrier, lasting, sentences, short, uids } from "./phrases.ts";

export type Words<Event extends { type: string }> = {
  readonly [Type in Event["type"]]: (event: Extract<Event, { type: Type }>, scene: Scene) => Told;
};

const lane = "tally";

/** Every decision with its reason. A type that is missing here doesn't compile. */
export const decisionWords: Words<Decision> = {
  SessionOpened: ({ session, cause }, { hosts }) => ({
    lane,
    title: `Session ${session} opened: ${cause === "host" ? `a host is here (${uids(hosts)})` : "a start was asked for by hand"}`,
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
    title: "Live input asked for at Cloudflare: the channel has none",
    detail: attempt > 1 ? `attempt ${attempt}` : null,
  }),
  LiveInputDisableRequested: ({ round }) => ({
    lane,
    title: "Cloudflare is asked to refuse the picture: a recorder can't be stopped, and nobody is to be live",
    detail: `round ${round}`,
    tone: "bad",
  }),
  RelayRequested: (event, scene) => ({
    lane,
    title: `Recorder asked to start${event.attempt > 1 ? " again" : ""}: ${whyRelay(event.attempt, scene)}`,
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
    title: `Recorder asked to stop${round > 1 ? " again" : ""}: ${round > 1 ? "the last stop did not hold" : whyStop(scene)}`,
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
    title: "Agora asked to push again: the picture doesn't arrive at Cloudflare",
    detail: `resource ${short(resourceId)}`,
  }),
  LayoutRequested: ({ hosts }) => ({ lane, title: `Layout asked for: others are here than it shows (${uids(hosts)})` }),
  StorageRenewalRequested: ({ resourceId }) => ({
    lane,
    title: "New keys for the recording's storage asked for: the old ones end",
    detail: `resource ${short(resourceId)}`,
  }),
  PresenceCheckRequested: () => ({ lane, title: "Agora asked who is here: nothing was heard, or it is in doubt" }),
  RecorderCheckRequested: ({ resourceId }) => ({
    lane,
    title: "Agora asked how the recorder is: it is silent, or something is wrong",
    detail: `resource ${short(resourceId)}`,
  }),
  IngestCheckRequested: (_event, { ingestTold }) => ({
    lane,
    title: `Cloudflare asked how the picture is: ${ingestTold ? "it is missing, or nothing was heard for long" : "it has not said that it arrived"}`,
  }),
  VideoCheckRequested: ({ round }) => ({
    lane,
    title: "Cloudflare asked for the video: its webhook did not come",
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
    title: `Cloudflare's delivery asked: can viewers watch?`,
    detail: last ? "by now they should" : null,
  }),
  BroadcastEnded: () => ({ lane, title: "Broadcast over for its viewers: the picture was gone for too long" }),
  HoldSet: ({ reason }) => ({
    lane,
    title: `Channel held, nothing is started: ${holdReasons[reason]}`,
    tone: reason === "gave_up" ? "bad" : "neutral",
  }),
  HoldCleared: () => ({ lane, title: "Hold ended: the host has left" }),
  Announced: ({ notification }) => ({
    lane,
    title: `App told: ${notification}`,
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

function whyRelay(attempt: number, { hosts, trouble }: Scene): string {
  if (trouble !== null) return `the last one failed (${trouble})`;
  if (attempt > 1) return "the last one is no more";
  return hosts.size > 0 ? "a host is present" : "a start was asked for by hand";
}

function whyStop({ hosts }: Scene): string {
  return hosts.size > 0 ? "it is not the one that is wanted now" : "nobody wants it any more";
}
