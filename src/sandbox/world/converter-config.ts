/** What the world needs to know of a converter's configuration; the rest of it is kept and shown as it was sent. */
export interface ConverterConfig {
  /** Empty for one without a name, of which there may be many. */
  name: string;
  rtmpUrl: string;
  /** Seconds without anybody whose stream it processes, after which it is destroyed. */
  idleTimeout: number;
  rawOptions?: { rtcChannel: string; rtcStreamUid: number } | undefined;
  transcodeOptions?: TranscodeOptions | undefined;
}

interface TranscodeOptions {
  rtcChannel: string;
  audioOptions?: { rtcStreamUids?: number[] | undefined } | undefined;
  videoOptions?: VideoOptions | undefined;
}

interface VideoOptions {
  canvas: { width: number; height: number };
  layoutType?: 0 | 1 | undefined;
  layout?: object[] | undefined;
}

/** Agora docs, media-push best practices: SD up to 640 × 360, HD up to 1280 × 720, FHD beyond. */
export type PictureSize = "sd" | "hd" | "fhd";

/** Some users, or whoever is host of the channel. */
export type Uids = number[] | "all";

export function channelOf({ rawOptions, transcodeOptions }: ConverterConfig): string {
  return rawOptions?.rtcChannel ?? transcodeOptions?.rtcChannel ?? "";
}

/** Whose picture is shown. */
export function shownUids({ rawOptions, transcodeOptions }: ConverterConfig): Uids {
  if (rawOptions) return [rawOptions.rtcStreamUid];
  const video = transcodeOptions?.videoOptions;
  if (video?.layoutType === 1) return "all";
  return (video?.layout ?? []).flatMap((view) =>
    "rtcStreamUid" in view && typeof view.rtcStreamUid === "number" ? [view.rtcStreamUid] : [],
  );
}

/** Whose streams are processed, picture or sound. */
export function processedUids(config: ConverterConfig): Uids {
  const shown = shownUids(config);
  const audio = config.transcodeOptions?.audioOptions;
  const heard: Uids = audio === undefined ? [] : (audio.rtcStreamUids ?? "all");
  return shown === "all" || heard === "all" ? "all" : [...shown, ...heard];
}

/** By which quota it counts. A picture that isn't transcoded is as large as its host sends it: counted as HD. */
export function pictureSize({ rawOptions, transcodeOptions }: ConverterConfig): PictureSize {
  if (rawOptions) return "hd";
  const canvas = transcodeOptions?.videoOptions?.canvas;
  const pixels = canvas ? canvas.width * canvas.height : 0;
  if (pixels <= 640 * 360) return "sd";
  return pixels <= 1280 * 720 ? "hd" : "fhd";
}
