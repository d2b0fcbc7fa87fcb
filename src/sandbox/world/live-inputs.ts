import type { Broadcast } from "./broadcasts.ts";
import type { LiveInput, LiveInputConfig, LiveInputDeps, Publisher } from "./live-input.ts";
import { type Connection, createLiveInput } from "./live-input.ts";

/** The account's live inputs. */
export interface LiveInputs {
  create(config: LiveInputConfig): LiveInput;
  get(uid: string): LiveInput | null;
  /** Newest first. */
  list(): LiveInput[];
  /** A broadcast or its recording, also of an input that was removed. */
  findVideo(uid: string): { input: LiveInput; video: Broadcast } | null;
  /** Ends what is being broadcast to it; its recordings stay. */
  remove(input: LiveInput): void;
  /**
   * An encoder connects.
   *
   * @param rtmpUrl - the input's RTMPS URL with its stream key
   * @returns null if there is no such key or the input refuses
   */
  connect(rtmpUrl: string, publisher: Publisher): Connection | null;
}

/** Where every input is pushed to (Cloudflare docs, start-stream-live); the key follows. */
export const rtmpsUrl = "rtmps://live.cloudflare.com:443/live/";

export function createLiveInputs(deps: LiveInputDeps): LiveInputs {
  const inputs = new Map<string, LiveInput>();
  const removed: LiveInput[] = [];

  return {
    create(config) {
      const input = createLiveInput(deps, config);
      inputs.set(input.uid, input);
      return input;
    },
    get: (uid) => inputs.get(uid) ?? null,
    list: () => [...inputs.values()].reverse(),
    findVideo(uid) {
      for (const input of [...inputs.values(), ...removed]) {
        const video = input.broadcasts().find((one) => one.uid === uid);
        if (video !== undefined) return { input, video };
      }
      return null;
    },
    remove(input) {
      inputs.delete(input.uid);
      removed.push(input);
      input.cut();
    },
    connect(rtmpUrl, publisher) {
      // A stream key ends in its input's uid.
      const input = inputs.get(rtmpUrl.slice(-32));
      return input && rtmpUrl === rtmpsUrl + input.streamKey ? input.connect(publisher) : null;
    },
  };
}
