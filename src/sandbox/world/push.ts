import type { Settings } from "../settings.ts";
import type { Connection } from "./live-input.ts";
import type { LiveInputs } from "./live-inputs.ts";
import type { Timers } from "./timers.ts";

/** Agora docs, Cloud Recording event 100 and `query`. */
export type PushStatus = "connecting" | "publishing" | "onhold" | "disconnected";

/** The RTMP push of a recorder or a converter. It never reconnects by itself: the documents don't say that it does. */
export interface Push {
  /** Where `open` connects to. */
  url: string;
  readonly status: PushStatus;
  /** Connects; ends what was connected before. */
  open(): void;
  /** Ends without a notification, as with the recorder itself. */
  close(): void;
  /** Loses the connection. */
  drop(): void;
  /** Pauses (`onhold`). */
  hold(): void;
}

/** @param report - told of every change of status */
export function createPush(
  deps: { settings: Settings; timers: Timers; liveInputs: LiveInputs },
  options: { url: string; sid: string; report: (url: string, status: PushStatus) => void },
): Push {
  const { settings, timers, liveInputs } = deps;
  let status: PushStatus = "connecting";
  let connection: Connection | null = null;
  let cancelConnecting: () => void = () => undefined;

  function enter(next: PushStatus): void {
    status = next;
    options.report(push.url, next);
  }

  function disconnect(): void {
    cancelConnecting();
    const ended = connection;
    connection = null;
    ended?.close();
  }

  function open(): void {
    disconnect();
    enter("connecting");
    cancelConnecting = timers.after(settings.delays.pushAnsweredMs, () => {
      const publisher = {
        sid: options.sid,
        onCut: () => {
          connection = null;
          enter("disconnected");
        },
      };
      connection = liveInputs.connect(push.url, publisher);
      enter(connection ? "publishing" : "disconnected");
    });
  }

  const push: Push = {
    url: options.url,
    get status() {
      return status;
    },
    open,
    close: disconnect,
    drop() {
      disconnect();
      enter("disconnected");
    },
    hold() {
      disconnect();
      enter("onhold");
    },
  };
  return push;
}
