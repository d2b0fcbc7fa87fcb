import { Secret } from "./secret.ts";

/** Where to push the picture. The URL ends in the stream key. */
export class RtmpUrl extends Secret<string> {}
