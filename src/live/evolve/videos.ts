import { suspected, withPictureDoubt } from "../doubts.ts";
import type { VideoCheckFailed, VideoCheckRequested, VideoProcessed, VideosListed } from "../events.ts";
import { ingestConfirmed } from "../picture.ts";
import type { AwaitedVideo, ChannelState } from "../state.ts";
import { latestSince, videoRoundsMost } from "../videos.ts";
import { type Folded, learnt, nothing, noting } from "./folded.ts";

/** Sessions whose video is waited for; of one that has waited the longest, nobody will tell any more. */
const awaitedMost = 20;

/** Folds what Cloudflare tells of videos. The videos themselves are kept on their sessions; here, what is waited for. */
export function foldVideo(
  state: ChannelState,
  event: VideoProcessed | VideosListed | VideoCheckFailed,
  at: number,
): Folded {
  switch (event.type) {
    case "VideoProcessed":
      return learnt(doubtedByVideo(foldProcessed(state, event), event, at));
    case "VideosListed": {
      const awaited = askedAbout(state, event);
      if (awaited === null) return learnt(state);
      const { session, videos } = event;
      const ours = videos.filter(({ createdAt }) => isOf(awaited, createdAt));
      const isSettled = ours.length > 0 && ours.every(({ outcome }) => outcome !== "pending");
      if (isSettled || awaited.asked.last) return learnt(without(state, session));
      return learnt(change(state, session, { asked: null, failures: 0 }));
    }
    case "VideoCheckFailed": {
      const awaited = askedAbout(state, event);
      if (awaited === null) return nothing(state, "the answer is not waited for any more");
      const { session, round, notFound, retryAfterMs, error } = event;
      const failures = awaited.failures + 1;
      const next =
        notFound || round >= videoRoundsMost
          ? without(state, session)
          : change(state, session, { failures, asked: { ...awaited.asked, failedAt: at, retryAfterMs } });
      return noting(learnt(next), `the videos are not known: ${error.operation}: ${error.message}`);
    }
  }
}

/** Cloudflare says that the open session's picture arrives; from its own word on, or an earlier one that came late. */
export function pictureArrived(state: ChannelState, updatedAt: string): ChannelState {
  const { session, liveInput } = state;
  if (session === null || session.closedAt !== null || liveInput.uid === null) return state;
  const known = state.videos?.[session.number];
  if (known === undefined) return awaiting(state, session.number, liveInput.uid, updatedAt);
  if (known.since === updatedAt) return state;
  const since = updatedAt < known.since ? updatedAt : known.since;
  return change(state, session.number, { since, again: true });
}

/** The same, by an answer that has no time: it began to after the relay was requested. */
export function pictureSeen(state: ChannelState): ChannelState {
  const { session, relay, liveInput } = state;
  if (session === null || session.closedAt !== null || relay === null || liveInput.uid === null) return state;
  if (state.videos?.[session.number] !== undefined) return state;
  const since = new Date(relay.requestedAt).toISOString().replace("Z", "000000Z");
  return awaiting(state, session.number, liveInput.uid, since);
}

/** Folds that a session is closed: from then on its video is overdue at some time. */
export function closedForVideo(state: ChannelState, session: number, at: number): ChannelState {
  return change(state, session, { closedAt: at });
}

/** Folds that Cloudflare is asked. */
export function askedForVideo(state: ChannelState, decision: VideoCheckRequested, at: number): ChannelState {
  const { session, round, step, last } = decision;
  return change(state, session, { round, step, asked: { at, last, failedAt: null, retryAfterMs: null } });
}

/** The webhook of the only video that there can be ends the waiting; where there can be more, the question tells. */
function foldProcessed(state: ChannelState, { createdAt }: VideoProcessed): ChannelState {
  const found = Object.entries(state.videos ?? {}).find(([, awaited]) => isOf(awaited, createdAt));
  if (found === undefined || found[1].closedAt === null || found[1].again) return state;
  return without(state, Number(found[0]));
}

/**
 * A broadcast's video is made when its picture was gone for Cloudflare's hold. If we believe its picture to arrive still,
 * what told of the loss is lost itself: both ends are to be asked. The video of an earlier picture may come late, and says
 * nothing.
 */
function doubtedByVideo(state: ChannelState, video: VideoProcessed, at: number): ChannelState {
  const { relay } = state;
  if (relay === null || relay.resourceId === null || !ingestConfirmed(state) || isOfEarlierPicture(state, video)) {
    return state;
  }
  return suspected(withPictureDoubt(state, at), relay.resourceId);
}

/** It ended before the picture that arrives now began to; a short drop within it may not count as its time. */
function isOfEarlierPicture({ ingest }: ChannelState, { createdAt, durationSeconds }: VideoProcessed): boolean {
  if (createdAt === null || durationSeconds === null || ingest.updatedAt === null) return false;
  const endedAt = new Date(Date.parse(createdAt) + durationSeconds * 1000).toISOString();
  return latestSince(endedAt) < ingest.updatedAt;
}

function isOf({ since, until }: AwaitedVideo, createdAt: string | null): boolean {
  if (createdAt === null) return false;
  const latest = latestSince(createdAt);
  return since <= latest && (until === undefined || latest < until);
}

function askedAbout(
  state: ChannelState,
  { session, round }: { session: number; round: number },
): (AwaitedVideo & { asked: NonNullable<AwaitedVideo["asked"]> }) | null {
  const awaited = state.videos?.[session];
  if (awaited?.asked == null || awaited.round !== round) return null;
  return { ...awaited, asked: awaited.asked };
}

function awaiting(state: ChannelState, session: number, liveInput: string, since: string): ChannelState {
  const earlier = Object.entries(state.videos ?? {}).map(
    ([number, each]) => [number, { until: since, ...each }] as const,
  );
  const next: AwaitedVideo = {
    liveInput,
    since,
    again: false,
    closedAt: null,
    round: 0,
    step: 0,
    failures: 0,
    asked: null,
  };
  return { ...state, videos: Object.fromEntries([...earlier, [String(session), next] as const].slice(-awaitedMost)) };
}

function change(state: ChannelState, session: number, changed: Partial<AwaitedVideo>): ChannelState {
  const awaited = state.videos?.[session];
  if (awaited === undefined) return state;
  return { ...state, videos: { ...state.videos, [session]: { ...awaited, ...changed } } };
}

function without(state: ChannelState, session: number): ChannelState {
  const { videos, ...rest } = state;
  const kept = Object.entries(videos ?? {}).filter(([number]) => number !== String(session));
  return kept.length === 0 ? rest : { ...rest, videos: Object.fromEntries(kept) };
}
