/** Where and when a simulated notification happens. */
export interface Scene {
  /** Empty where the notification is about no channel. */
  channel: string;
  /** Of the person in the channel. */
  uid: number;
  /** The recorder's uid and recording id, as notifications carry them; null where none is needed. */
  recorder: { uid: number; recordingSid: string } | null;
  /** The live input's uid; empty where none is needed. */
  liveInput: string;
  /** When it happens, in Unix milliseconds. */
  at: number;
  /** Agora's `clientSeq` of a person, or `sequence` of a recorder's notification. */
  seq: number;
  /** Cloudflare's code of an ingest error. */
  code: string;
  /** The first part of playback links. */
  playbackBase: string;
}
