/** What is asked of the encoder that pushes. */
export interface Picture {
  /** Pixels, even, 240 to 1920. Up to 1280x720, in either direction, is billed as HD. */
  width: number;
  height: number;
  /** Frames a second, 5 to 30: what both ways of carrying take. */
  fps: number;
  /** Of the video, kbit/s. */
  bitrateKbps: number;
}
