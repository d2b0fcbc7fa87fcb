import type { Call } from "../http/index.ts";
import type { Answer } from "../refused.ts";
import type { Broadcast, World } from "../world/index.ts";
import { findPlayback, findWatchable } from "./find-playback.ts";
import { readMedia } from "./media.ts";
import { dashManifest, masterPlaylist, mediaPlaylist } from "./playlists.ts";
import { refusals } from "./refusals.ts";

/** By an input's id the broadcast that is on; by a video's id that one, on or over. */
export function getMaster(world: World, call: Call): Answer {
  return text(hlsType, masterPlaylist(findBroadcast(world, call)));
}

export function getDash(world: World, call: Call): Answer {
  findBroadcast(world, call);
  return text("application/dash+xml", dashManifest());
}

/** Of one broadcast, so that whoever watches it sees its end when the input's next one is on. */
export function getStream(world: World, call: Call): Answer {
  const { input } = findWatchable(world, call.params.id ?? "");
  const broadcast = input.broadcasts().find(({ uid }) => call.params.file === `stream_${uid}.m3u8`);
  if (broadcast?.wasPlayable !== true) throw refusals.notFound();
  return text(hlsType, mediaPlaylist(broadcast));
}

export function getMedia(world: World, call: Call): Answer {
  findWatchable(world, call.params.id ?? "");
  const media = readMedia(call.params.file ?? "");
  if (media === null) throw refusals.notFound();
  return { status: 200, body: media.content, headers: { "content-type": media.type } };
}

/** Cloudflare docs, watch-live-stream: whether an input is live, and by which video it is watched. */
export function getLifecycle(world: World, call: Call): Answer {
  const { input, video } = findPlayback(world, call.params.id ?? "");
  if (video !== null) return json({ isInput: false, videoUID: video.uid, live: isOn(video) });
  const [newest] = input.broadcasts();
  const on = newest !== undefined && isOn(newest) ? newest : null;
  return json({ isInput: true, videoUID: on?.uid ?? null, live: on !== null });
}

/** Cloudflare docs, live-viewer-count. */
export function getViews(world: World, call: Call): Answer {
  const { input } = findPlayback(world, call.params.id ?? "");
  if (input.config.recording.hideLiveViewerCount) throw refusals.notFound();
  const [newest] = input.broadcasts();
  const liveViewers = input.viewers ?? world.settings.delivery.liveViewers;
  return json({ liveViewers: newest !== undefined && isOn(newest) ? liveViewers : 0 });
}

/** Shows the picture in a browser that plays HLS by itself. */
export function getPlayer(world: World, call: Call): Answer {
  findWatchable(world, call.params.id ?? "");
  return text(
    "text/html; charset=UTF-8",
    '<!doctype html><title>Sandbox</title><video src="manifest/video.m3u8" controls muted autoplay></video>\n',
  );
}

const hlsType = "application/vnd.apple.mpegurl";

/** @throws Refused with 204 or 404 if there is nothing to watch */
function findBroadcast(world: World, { params }: Call): Broadcast {
  const { input, video } = findWatchable(world, params.id ?? "");
  if (video !== null) {
    if (isOn(video) || video.isReady) return video;
    throw refusals.notFound();
  }
  const [newest] = input.broadcasts();
  if (newest === undefined || !isOn(newest)) throw refusals.notLive();
  return newest;
}

/** It can be watched live: until its hold has ended, also while nobody publishes. */
function isOn({ wasPlayable, isOver }: Broadcast): boolean {
  return wasPlayable && !isOver;
}

function json(body: object): Answer {
  return { status: 200, body };
}

function text(type: string, body: string): Answer {
  return { status: 200, body, headers: { "content-type": type } };
}
