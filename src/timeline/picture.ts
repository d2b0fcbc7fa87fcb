import type { LiveEvent } from "../live/index.ts";
import type { Told } from "./timeline.ts";
import { clock, lasting } from "./words/phrases.ts";

/** What is known of the picture at Cloudflare, and of its last gap. Times are ms. */
export interface Picture {
  /** Whether it is waited for since the recorder was last asked for. */
  isAwaited: boolean;
  /** When it was last known to be there. */
  seenAt: number | null;
  /** Since when its recorder isn't found: if it is given up for that, the picture was gone then already. */
  doubtedAt: number | null;
  /** When it was found to be gone; null while it is there. */
  lost: Lost | null;
  /** The last gap that is over. */
  gap: { seenAt: number | null; lost: Lost | null; backAt: number } | null;
}

interface Lost {
  at: number;
  /** Whether Cloudflare told of it itself, so that it was then, and not earlier. */
  isExact: boolean;
}

export function newPicture(): Picture {
  return { isAwaited: false, seenAt: null, doubtedAt: null, lost: null, gap: null };
}

/** @param at - when the event was learnt, ms */
export function followPicture(picture: Picture, event: LiveEvent, at: number): void {
  switch (event.type) {
    case "RelayRequested":
      picture.isAwaited = true;
      picture.doubtedAt = null;
      break;
    case "IngestConnected":
      // Connected anew without a word of its end: how long it was gone is not known.
      comesBack(picture, at, { isNew: true });
      break;
    case "IngestDisconnected":
    case "IngestErrored":
      picture.lost ??= { at, isExact: true };
      break;
    case "IngestChecked":
      if (event.state === "connected") comesBack(picture, at, { isNew: false });
      else if (event.state !== "unknown" && !picture.isAwaited) picture.lost ??= { at, isExact: false };
      break;
    case "RecorderChecked":
      picture.doubtedAt = event.found === "not_found" ? (picture.doubtedAt ?? at) : null;
      break;
    case "RelayReleased":
      picture.lost ??= { at: picture.doubtedAt ?? at, isExact: false };
      break;
    default:
  }
}

function comesBack(picture: Picture, at: number, { isNew }: { isNew: boolean }): void {
  const { seenAt, lost } = picture;
  if (seenAt !== null && (lost !== null || isNew)) picture.gap = { seenAt, lost, backAt: at };
  picture.isAwaited = false;
  picture.seenAt = at;
  picture.lost = null;
}

/** A broadcast that is over for its viewers: because the picture is gone for too long, or was when it came back. */
export function tellBroadcastEnd({ lost, gap }: Picture, at: number): Pick<Told, "title" | "detail"> {
  if (lost !== null || gap === null) {
    const long = lost === null ? "too long" : `${lasting(at - lost.at)}${lost.isExact ? "" : " at least"}`;
    return { title: `Broadcast over for its viewers: the picture has been gone for ${long}` };
  }
  const { seenAt, backAt } = gap;
  const until = `until ${clock(backAt)}`;
  const before = "The broadcast before the gap is over";
  if (gap.lost === null) {
    const from = seenAt === null ? "" : `gone from some time after ${clock(seenAt)} `;
    return { title: `${before}: nobody knows for how long viewers were without a picture`, detail: `${from}${until}` };
  }
  const { at: lostAt, isExact } = gap.lost;
  const least = lasting(backAt - lostAt);
  return {
    title: `${before}: viewers were without a picture for ${least}${isExact ? "" : " at least"}`,
    detail:
      isExact || seenAt === null
        ? `gone from ${isExact ? "" : "before "}${clock(lostAt)} ${until}`
        : `gone from between ${clock(seenAt)} and ${clock(lostAt)} ${until}`,
  };
}
