import type { ChannelState, SessionVideo, Status } from "../live/index.ts";
import type { PlaybackLinks } from "../playback/index.ts";
import type { ToldVideo } from "./body.ts";

/** A live input or video, and whether it plays with signed links only; not there: Cloudflare didn't say. */
interface Played {
  uid: string;
  signed?: boolean;
}

/** Whose links a notification has. */
export interface LinksOf {
  /** Of those in the status. */
  liveInput?: Played;
  video?: Played;
}

/** What of a body has links. */
interface Linked {
  data: { status?: Pick<Status, "playback">; video?: ToldVideo | null };
}

/** @param video - that is told of */
export function linksOf({ liveInput }: ChannelState, video: SessionVideo | null): LinksOf {
  return {
    ...(liveInput.uid === null ? {} : { liveInput: played(liveInput.uid, liveInput.signed) }),
    ...(video === null ? {} : { video: played(video.video, video.signed) }),
  };
}

function played(uid: string, signed: boolean | undefined): Played {
  return signed === undefined ? { uid } : { uid, signed };
}

/**
 * A body with links that play when it is sent. They end, so each attempt gets its own: what is kept has plain ones.
 *
 * @param body - as it is kept
 * @param of - null: it has no links, or was written before they could be signed
 * @returns the body with null for links that must be signed and can't be
 */
export async function withPlayableLinks(body: string, of: LinksOf | null, links: PlaybackLinks): Promise<string> {
  const { liveInput, video } = of ?? {};
  if (liveInput === undefined && video === undefined) return body;
  const told = JSON.parse(body) as Linked;
  const { data } = told;
  if (data.status?.playback != null && liveInput !== undefined) {
    data.status.playback = await links.present(data.status.playback, liveInput.uid, liveInput.signed);
  }
  if (data.video != null && video !== undefined) {
    const { hls, dash, thumbnail } = data.video;
    const playable = await links.present({ hls, dash, thumbnail }, video.uid, video.signed);
    Object.assign(data.video, playable ?? { hls: null, dash: null, thumbnail: null });
  }
  return JSON.stringify(told);
}
