import type { Outcome } from "../../live/index.ts";
import { unheard, untold } from "../scene.ts";
import type { Words } from "./decisions.ts";
import { carrier, clock, errorWords, lasting, sentences, short, uids } from "./phrases.ts";

/** What came of each decision. A type that is missing here doesn't compile. */
export const outcomeWords: Words<Outcome> = {
  LiveInputReady: ({ liveInput }) => ({
    lane: "cloudflare",
    title: "Live input ready",
    detail: `live input ${short(liveInput)}`,
    tone: "good",
  }),
  LiveInputConfigured: ({ signed }) => ({
    lane: "cloudflare",
    title: `Live input configured: it plays ${signed ? "with signed links only" : "with open links"}`,
  }),
  LiveInputFailed: ({ error, final, retryAfterMs }) => ({
    lane: "cloudflare",
    title: `No live input from Cloudflare${final ? ", and trying again can't help" : ""}`,
    detail: sentences(errorWords(error), pause(retryAfterMs)),
    tone: "bad",
  }),
  LiveInputGone: ({ liveInput }) => ({
    lane: "cloudflare",
    title: "Live input is gone: somebody deleted it",
    detail: `live input ${short(liveInput)}`,
    tone: "bad",
  }),
  LiveInputSwitched: ({ enabled }) => ({
    lane: "cloudflare",
    title: `Cloudflare ${enabled ? "takes" : "refuses"} the picture from now on`,
  }),
  LiveInputDisableFailed: ({ error }) => ({
    lane: "cloudflare",
    title: "Cloudflare could not be told to refuse the picture",
    detail: errorWords(error),
    tone: "bad",
  }),
  RecorderAcquired: ({ resourceId, mode }) => ({
    lane: "recorder",
    title: `Recorder prepared (${carrier(mode)})`,
    detail: `resource ${short(resourceId)}`,
  }),
  RecorderStartAccepted: ({ recordingSid }) => ({
    lane: "recorder",
    title: "Recorder runs: its start was accepted",
    detail: `recording ${short(recordingSid)}`,
    tone: "good",
  }),
  RecorderAlreadyRunning: ({ which, resourceId }) => ({
    lane: "recorder",
    title: which === "this_resource" ? "Recorder runs already" : "Another recorder with this uid runs already",
    detail: `resource ${short(resourceId)}`,
  }),
  RelayStartFailed: ({ error, disposition, mayRun, retryAfterMs }) => ({
    lane: "recorder",
    title: `Recorder did not start${{ retry: "", reacquire: "", capacity: ": the provider is full", final: ", and trying again can't help" }[disposition]}`,
    detail: sentences(errorWords(error), mayRun ? "it may run all the same" : null, pause(retryAfterMs)),
    tone: "bad",
  }),
  RecorderStopAccepted: ({ resourceId }) => ({
    lane: "recorder",
    title: "Recorder's stop accepted",
    detail: `resource ${short(resourceId)}`,
  }),
  RecorderStopConfirmed: ({ resourceId }) => ({
    lane: "recorder",
    title: "Recorder had stopped already",
    detail: `resource ${short(resourceId)}`,
  }),
  RecorderStopFailed: ({ error, notFound, retryAfterMs }) => ({
    lane: "recorder",
    title: notFound ? "Recorder to be stopped was not found: gone, or moving" : "Recorder did not take the stop",
    detail: sentences(errorWords(error), pause(retryAfterMs)),
    tone: notFound ? "neutral" : "bad",
  }),
  RepointAccepted: () => ({ lane: "rtmp", title: "Agora pushes again" }),
  RepointFailed: ({ error }) => ({
    lane: "rtmp",
    title: "Agora did not push again",
    detail: errorWords(error),
    tone: "bad",
  }),
  LayoutAccepted: () => ({ lane: "recorder", title: "Layout changed" }),
  LayoutFailed: ({ error }) => ({
    lane: "recorder",
    title: "Layout not changed",
    detail: errorWords(error),
    tone: "bad",
  }),
  StorageRenewed: ({ until }) => ({
    lane: "recorder",
    title: "Recorder writes with new keys",
    detail: until === null ? null : `good until ${clock(until)}`,
  }),
  StorageRenewalFailed: ({ error, retryAfterMs }) => ({
    lane: "recorder",
    title: "Recorder got no new keys",
    detail: sentences(errorWords(error), pause(retryAfterMs)),
    tone: "bad",
  }),
  PresenceChecked: (event, scene) => {
    const { channelExists, broadcasters, audienceTotal } = event;
    const { joined, left } = untold(scene, event);
    const said = channelExists
      ? `${uids(broadcasters)} broadcast${broadcasters.length > 1 ? "" : "s"}`
      : "the channel is empty";
    const lost = sentences(
      joined.length > 0 ? `the join of ${uids(joined)} was never heard` : null,
      left.length > 0 ? `the leave of ${uids(left)} was never heard` : null,
    );
    const leave = (uid: number) =>
      `uid ${uid} left between ${clock(scene.hosts.get(uid) ?? scene.at)}, when last heard of, and ${clock(scene.at)}`;
    return {
      lane: "host",
      title: `Checkup: Agora says that ${said}${lost === null ? "" : `; ${lost} (a lost webhook)`}`,
      detail: sentences(
        ...joined.map((uid) => `uid ${uid} joined before ${clock(scene.at)}`),
        ...left.map(leave),
        audienceTotal === null ? null : `${audienceTotal} in the audience`,
      ),
      tone: lost === null ? "neutral" : "bad",
    };
  },
  RecorderChecked: ({ found, rtmp, resourceId }, { stopping }) => ({
    lane: "recorder",
    title: {
      running: `Checkup: the recorder runs${rtmp === null ? "" : `, its push is ${rtmp}`}`,
      exited: "Checkup: the recorder has ended",
      not_found: "Checkup: Agora doesn't find the recorder: gone, or moving",
    }[found],
    detail: `resource ${short(resourceId)}`,
    tone: found === "running" || stopping.has(resourceId) ? "neutral" : "bad",
  }),
  IngestChecked: (event, scene) => {
    const detail = unheard(scene, event);
    return {
      lane: "cloudflare",
      title: `Checkup: Cloudflare says ${event.state}`,
      detail,
      tone: detail !== null || event.state === "errored" ? "bad" : "neutral",
    };
  },
  PlaybackChecked: ({ playable }) => ({
    lane: "cloudflare",
    title:
      playable === null
        ? "Delivery gave no answer to go by"
        : playable
          ? "Viewers can watch"
          : "Viewers can't watch yet",
    tone: playable === true ? "good" : "neutral",
  }),
  CheckFailed: ({ error }) => ({
    lane: error.provider === "cloudflare" ? "cloudflare" : "recorder",
    title: "Checkup brought no answer",
    detail: errorWords(error),
    tone: "bad",
  }),
  VideosListed: ({ videos }) => ({
    lane: "cloudflare",
    title: videos.length === 0 ? "Cloudflare has no video of it" : `Cloudflare has ${videos.length} video(s) of it`,
    detail: videos.map(({ video, outcome }) => `${short(video)} ${outcome}`).join(", "),
  }),
  VideoCheckFailed: ({ error, notFound }) => ({
    lane: "cloudflare",
    title: notFound ? "No way to the videos: the live input is gone" : "Cloudflare did not say which videos there are",
    detail: errorWords(error),
    tone: "bad",
  }),
  VideoDeleted: ({ video }) => ({ lane: "cloudflare", title: "Video deleted", detail: `video ${short(video)}` }),
  VideoDeletionFailed: ({ video, error }) => ({
    lane: "cloudflare",
    title: `Video ${short(video)} not deleted`,
    detail: errorWords(error),
    tone: "bad",
  }),
};

function pause(retryAfterMs: number | null): string | null {
  return retryAfterMs === null ? null : `asked us to wait ${lasting(retryAfterMs)}`;
}
