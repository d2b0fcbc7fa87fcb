import { readFileSync } from "node:fs";

/** Seconds of each file, and how many files there are until the picture begins anew. */
export const segmentSeconds = 2;
export const loopLength = 4;

/** What the files hold: H.264 Main 2.1 without B-frames, a key frame at the begin of each; AAC-LC. */
export const codecs = "avc1.4d4015,mp4a.40.2";
export const resolution = "320x180";
/** Bits a second, at most. */
export const bandwidth = 45_000;

/**
 * Eight seconds of colour bars and of a beeping tone, as fragmented MP4. `npm run build` copies them beside the compiled
 * file. How they were made is in the sandbox's README.
 *
 * @param name - `init.mp4`, `thumbnail.jpg`, or the number of a segment; later ones begin the loop anew
 * @returns null for a name that isn't there
 */
export function readMedia(name: string): { type: string; content: Buffer } | null {
  const file = /^\d{1,9}\.m4s$/.test(name) ? `${Number.parseInt(name, 10) % loopLength}.m4s` : name;
  const content = files.get(file);
  return content === undefined ? null : { type: types[file.slice(file.lastIndexOf("."))] ?? "", content };
}

const types: Readonly<Record<string, string>> = {
  ".mp4": "video/mp4",
  ".m4s": "video/iso.segment",
  ".jpg": "image/jpeg",
};

const names = ["init.mp4", "thumbnail.jpg", ...Array.from({ length: loopLength }, (_, i) => `${i}.m4s`)];
const files: ReadonlyMap<string, Buffer> = new Map(
  names.map((name) => [name, readFileSync(new URL(`media/${name}`, import.meta.url))]),
);
