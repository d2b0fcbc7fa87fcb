import type { Picture } from "../picture.ts";
import type { RtmpUrl } from "../rtmp-url.ts";
import { grid } from "./grid.ts";

export interface ConverterLayout {
  picture: Picture;
  /** Uids to show, in this order: a plain grid of equal tiles. Those after the sixteenth are left out. */
  hosts: readonly number[];
}

export interface CreateConverter extends ConverterLayout {
  channel: string;
  /** At most 64 of A-Z, a-z, 0-9, `-` and `_`; unique in the project. */
  name: string;
  rtmpUrl: RtmpUrl;
}

/** Agora transcodes no faster (Agora docs: media-push, restful-api, `frameRate` 1 to 30). */
const mostFps = 30;

/**
 * The body that creates a converter with transcoding (Agora docs: media-push, restful-api and restful-type-definition).
 *
 * The docs spell two members in two ways. `idleTimeOut` is the table's and that of Agora's own middleware, `idleTimeout`
 * the samples' and the answers'; an unknown one may be refused, so that only one can be sent. If the wrong one is ignored,
 * Agora's default of 300 s holds. `codecProfile` is `high` in the table, `High` in some samples.
 */
export function createBody(input: CreateConverter, idleTimeoutSeconds: number): object {
  const { width, height, bitrateKbps } = input.picture;
  const fps = Math.min(input.picture.fps, mostFps);
  return {
    converter: {
      name: input.name,
      transcodeOptions: {
        rtcChannel: input.channel,
        // Everybody's sound, as LC-AAC. Without this member there would be none.
        audioOptions: {},
        videoOptions: {
          canvas: { width, height },
          // The only type whose layout can be changed later.
          layoutType: 0,
          layout: layoutOf(input),
          bitrate: bitrateKbps,
          frameRate: fps,
          // A keyframe every 2 s: within what each of Cloudflare's pages takes (Cloudflare docs: start-stream-live).
          gop: 2 * fps,
          codec: "H.264",
          codecProfile: "high",
        },
      },
      rtmpUrl: input.rtmpUrl.reveal(),
      idleTimeOut: idleTimeoutSeconds,
    },
  };
}

/** The body that changes the layout and nothing else. */
export function layoutBody(input: ConverterLayout): object {
  return {
    converter: { transcodeOptions: { videoOptions: { layout: layoutOf(input) } } },
    fields: "transcodeOptions.videoOptions.layout",
  };
}

/** The body that pushes to another URL and changes nothing else. */
export function rtmpBody(rtmpUrl: RtmpUrl): object {
  return { converter: { rtmpUrl: rtmpUrl.reveal() }, fields: "rtmpUrl" };
}

/** The highest uid there is (Agora docs: uids are 1 to 2^32-1): unlikely to be anybody's. */
const nobody = 2 ** 32 - 1;

/**
 * A layout is required with type 0, and whether an empty one is taken isn't documented; an image would need a URL that
 * Agora can fetch. A place for somebody who isn't there is documented, and shows the canvas: black. Not tried at Agora.
 */
function layoutOf({ picture, hosts }: ConverterLayout): object[] {
  const uids = hosts.length === 0 ? [nobody] : hosts;
  return grid(picture, uids.length).map(({ x, y, width, height }, i) => ({
    rtcStreamUid: uids[i],
    region: { xPos: x, yPos: y, zIndex: 1, width, height },
    // The whole picture with bars, rather than one filled and cropped, which is the default: what is shown is for sale.
    fillMode: "fit",
  }));
}
