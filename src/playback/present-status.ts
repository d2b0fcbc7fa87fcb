import type { ChannelState, Status } from "../live/index.ts";
import type { PlaybackLinks } from "./playback-links.ts";

/** A status with links that play. */
export interface PresentedStatus {
  status: Status;
  /** What changes whenever the answer does. The links change without the status's version if they are signed. */
  etag: string;
  /** How long until its links change, ms; null: not by themselves. */
  changesInMs: number | null;
}

/** Gives a status the links that viewers use. */
export async function presentStatus(
  plain: Status,
  { uid, signed }: ChannelState["liveInput"],
  links: PlaybackLinks,
): Promise<PresentedStatus> {
  const { playback, version } = plain;
  if (playback === null || uid === null) return { status: plain, etag: `"${version}"`, changesInMs: null };
  // Before the links: if they change meanwhile, the tag is an old one, and nobody is kept from the new links by it.
  const edition = links.edition(signed);
  const status = { ...plain, playback: await links.present(playback, uid, signed) };
  const etag = edition === null ? `"${version}"` : `"${version}-${edition.number}"`;
  return { status, etag, changesInMs: edition?.endsInMs ?? null };
}
