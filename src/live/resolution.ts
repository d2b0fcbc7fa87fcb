/** The classes by which Agora charges video (Agora docs: cloud-recording/reference/pricing-webpage-recording). */
export type Resolution = "HD" | "FHD";

/** By area, so upright pictures count like others. */
const mostOfHd = 1280 * 720;

/** The class of a picture of so many pixels. */
export function resolutionOf({ width, height }: { width: number; height: number }): Resolution {
  return width * height > mostOfHd ? "FHD" : "HD";
}
