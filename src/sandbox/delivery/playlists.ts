import type { Broadcast } from "../world/index.ts";
import { bandwidth, codecs, loopLength, resolution, segmentSeconds } from "./media.ts";

/** Segments of a live playlist at most, and at its begin. */
const window = { most: 6, first: 3 };

/** The master playlist of a broadcast (RFC 8216). One rendition, picture and sound together. */
export function masterPlaylist({ uid }: Pick<Broadcast, "uid">): string {
  return lines(
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    "#EXT-X-INDEPENDENT-SEGMENTS",
    `#EXT-X-STREAM-INF:BANDWIDTH=${bandwidth},RESOLUTION=${resolution},FRAME-RATE=24.000,CODECS="${codecs}"`,
    `stream_${uid}.m3u8`,
  );
}

/**
 * The media playlist: of a running broadcast its last segments, of one that is over all of them and the end. While
 * nobody publishes it stays as it is, so that players stall. Where the picture begins anew, timestamps do.
 */
export function mediaPlaylist({ publishedMs, isOver }: Pick<Broadcast, "publishedMs" | "isOver">): string {
  const total = Math.floor(publishedMs / 1000 / segmentSeconds) + window.first;
  const first = isOver ? 0 : Math.max(0, total - window.most);
  return lines(
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${segmentSeconds}`,
    `#EXT-X-MEDIA-SEQUENCE:${first}`,
    // Of those that the playlist does not have any more.
    `#EXT-X-DISCONTINUITY-SEQUENCE:${Math.max(0, Math.ceil(first / loopLength) - 1)}`,
    ...(isOver ? ["#EXT-X-PLAYLIST-TYPE:VOD"] : []),
    '#EXT-X-MAP:URI="../media/init.mp4"',
    ...Array.from({ length: total - first }, (_, i) => segment(first + i)).flat(),
    ...(isOver ? ["#EXT-X-ENDLIST"] : []),
  );
}

function segment(number: number): string[] {
  const beginsAnew = number > 0 && number % loopLength === 0;
  return [
    ...(beginsAnew ? ["#EXT-X-DISCONTINUITY"] : []),
    `#EXTINF:${segmentSeconds.toFixed(3)},`,
    `../media/${number}.m4s`,
  ];
}

/** A DASH manifest that names the same files once; no player is meant to show it. */
export function dashManifest(): string {
  const seconds = segmentSeconds * loopLength;
  return lines(
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011" type="static"` +
      ` mediaPresentationDuration="PT${seconds}S" minBufferTime="PT${segmentSeconds}S">`,
    `<Period><AdaptationSet mimeType="video/mp4" codecs="${codecs}" segmentAlignment="true">`,
    `<SegmentTemplate initialization="../media/init.mp4" media="../media/$Number$.m4s" startNumber="0" duration="${segmentSeconds}"/>`,
    `<Representation id="1" bandwidth="${bandwidth}"/>`,
    "</AdaptationSet></Period></MPD>",
  );
}

function lines(...all: string[]): string {
  return `${all.join("\n")}\n`;
}
