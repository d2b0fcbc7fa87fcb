import type { LiveEvent, OperatorEvent, ProviderEvent } from "../../live/index.ts";
import type { Words } from "./decisions.ts";
import { sentences, short } from "./phrases.ts";

/** What each webhook means. A type that is missing here doesn't compile. */
export const webhookWords: Words<ProviderEvent> = {
  HostJoined: ({ uid }) => ({ lane: "host", title: `Host ${uid} joined`, tone: "good" }),
  HostLeft: ({ uid, reason }) => ({
    lane: "host",
    title: `Host ${uid} left`,
    detail: reason === null ? null : (leaveReasons[reason] ?? `Agora's reason ${reason}`),
  }),
  AudienceSeen: ({ uid }) => ({ lane: "host", title: `User ${uid} came or went as audience` }),
  ChannelDestroyed: () => ({ lane: "host", title: "Everybody left: Agora's channel is gone" }),
  RecorderStarted: ({ recordingSid }) => ({
    lane: "recorder",
    title: "Agora says that the recorder runs",
    detail: `recording ${short(recordingSid)}`,
    tone: "good",
  }),
  RecorderEnded: ({ cause, code, message, files, recordingSid }) => {
    const isBad = cause === "capability_limit" || (code !== null && code !== 0);
    return {
      lane: "recorder",
      title: {
        stopped: "Recorder ended",
        exited: "Recorder exited",
        uploaded: "Recording is in the storage",
        capability_limit: "Recorder ended: a limit was reached",
      }[cause],
      detail: sentences(
        `recording ${short(recordingSid)}`,
        code === null || code === 0 ? null : `code ${code}`,
        message,
        files.length === 0 ? null : files.join(", "),
      ),
      tone: isBad ? "bad" : "neutral",
    };
  },
  RtmpStatusChanged: ({ status }, { isWanted }) => ({
    lane: "rtmp",
    title: `Push is ${status}`,
    tone: status === "publishing" ? "good" : status === "disconnected" && isWanted ? "bad" : "neutral",
  }),
  RecorderFailedOver: ({ uid, newUid }) => ({
    lane: "recorder",
    title: "Agora moved the recorder to another machine",
    detail: `uid ${uid} is ${newUid} there`,
    tone: "bad",
  }),
  RecorderErrored: ({ level, code, message }) => ({
    lane: "recorder",
    title: `Agora reports an error of the recorder${level >= 5 ? ", a fatal one" : ""}`,
    detail: sentences(`level ${level}`, code === null ? null : `code ${code}`, message),
    tone: "bad",
  }),
  RecorderSeen: ({ what }) => ({ lane: "recorder", title: `Agora: ${what}` }),
  IngestConnected: () => ({ lane: "cloudflare", title: "Picture arrived at Cloudflare", tone: "good" }),
  IngestDisconnected: (_event, { isWanted }) => ({
    lane: "cloudflare",
    title: `Picture is gone from Cloudflare${isWanted ? "" : ": no session wants one"}`,
    tone: isWanted ? "bad" : "neutral",
  }),
  IngestErrored: ({ code, message }) => ({
    lane: "cloudflare",
    title: "Cloudflare can't use the picture",
    detail: `${code}: ${message}`,
    tone: "bad",
  }),
  VideoProcessed: ({ video, ready, error }) => ({
    lane: "cloudflare",
    title: ready ? "Video ready" : "Video could not be made",
    detail: sentences(`video ${short(video)}`, error === null ? null : `${error.code}: ${error.message}`),
    tone: ready ? "good" : "bad",
  }),
};

/** Agora docs: event-types, channel events, `reason`. */
const leaveReasons: Readonly<Record<number, string>> = {
  1: "left by themselves",
  2: "the connection timed out",
  3: "kicked out",
  4: "Agora's server changed",
  5: "joined from another device",
  9: "several networks at once",
  10: "network trouble",
  12: "the app's token ended",
  999: "joined and left too often",
};

/** What was asked for. A type that is missing here doesn't compile. */
export const operatorWords: Words<OperatorEvent> = {
  ChannelRegistered: ({ hostUid, relayMode }) => ({
    lane: "operator",
    title: "Channel registered",
    detail: sentences(hostUid === null ? null : `host ${hostUid}`, relayMode),
  }),
  StartRequested: () => ({ lane: "operator", title: "Start asked for by hand" }),
  StopRequested: () => ({ lane: "operator", title: "Stop asked for by hand" }),
  HoldReleased: () => ({ lane: "operator", title: "Hold released by an operator" }),
  CheckRequested: () => ({ lane: "operator", title: "Operator has both providers asked how the channel is" }),
  StopRetried: ({ resourceId }) => ({
    lane: "operator",
    title: "Operator has a stop tried again",
    detail: `resource ${short(resourceId)}`,
  }),
  VideoDeletionRetried: ({ video }) => ({
    lane: "operator",
    title: "Operator has a deletion tried again",
    detail: `video ${short(video)}`,
  }),
  EffectRetried: ({ effect }) => ({
    lane: "operator",
    title: "Operator has a call tried again",
    detail: effect,
  }),
  EffectDismissed: ({ effect }) => ({
    lane: "operator",
    title: "Operator put a dead call aside",
    detail: effect,
  }),
  ReplayRequested: ({ act }) => ({
    lane: "operator",
    title: act
      ? "Events replayed: the history was taken in anew, and what it leads to is done"
      : "Events replayed: the history was taken in anew, and nothing is started by that",
  }),
  PersonErased: ({ events }) => ({
    lane: "operator",
    title: "A person was erased from what is kept",
    detail: `${events} ${events === 1 ? "event" : "events"}`,
  }),
};

/** What time brings. */
export const timerWords: Words<Extract<LiveEvent, { type: "PresenceDoubted" | "VideoExpired" }>> = {
  PresenceDoubted: ({ why }) => ({
    lane: "tally",
    title: `Who is here is in doubt: ${why === "outage" ? "no process of Tally ran for a while" : "an operator asks for a catch-up"}`,
    tone: "bad",
  }),
  VideoExpired: ({ video }) => ({
    lane: "tally",
    title: "Video is older than recordings are kept",
    detail: `video ${short(video)}`,
  }),
};
