/** What a relay encodes: pixels, frames a second, kilobits a second. */
export interface Picture {
  width: number;
  height: number;
  fps: number;
  bitrateKbps: number;
}
