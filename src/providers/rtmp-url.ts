import { inspect } from "node:util";

/**
 * Where to push the picture. The URL ends in the stream key, so it lives in memory only: whoever logs, prints or
 * serializes this by accident writes `[redacted]`.
 */
export class RtmpUrl {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** The URL itself, for the body of a call to Agora and nothing else. */
  reveal(): string {
    return this.#url;
  }

  toString(): string {
    return "[redacted]";
  }

  toJSON(): string {
    return "[redacted]";
  }

  [inspect.custom](): string {
    return "[redacted]";
  }
}
