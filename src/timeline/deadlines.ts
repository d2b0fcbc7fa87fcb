import type { LiveEvent } from "../live/index.ts";
import type { Scene } from "./scene.ts";
import { lasting, short } from "./words/phrases.ts";

/** What was waited for: from when, until when at most, and how that went. */
export interface Deadline {
  name: string;
  /** The event that began it. */
  eventId: number;
  at: number;
  /** When it is over at the latest; of a span without an end of its own, when it was. Null: nobody knows. */
  untilAt: number | null;
  title: string;
  /** Null while it is still waited for. */
  ending: string | null;
  isBad: boolean;
}

/** Follows the story and notes what is waited for, by the policy of today. */
export interface Deadlines {
  /** To be called after the scene has followed the event. */
  follow(event: LiveEvent, scene: Scene, of: { eventId: number; at: number }): void;
  all(): Deadline[];
}

export function createDeadlines(): Deadlines {
  const over: Deadline[] = [];
  const open = new Map<string, Deadline>();
  let isOpen = false;

  function begin(
    name: string,
    title: string,
    { eventId, at }: { eventId: number; at: number },
    ms: number | null,
  ): void {
    if (open.has(name)) return;
    const untilAt = ms === null ? null : at + ms;
    open.set(name, { name, eventId, at, untilAt, title, ending: null, isBad: false });
  }

  function end(
    name: string,
    at: number,
    ending: (after: string) => string,
    { isBad = false, isSpan = false } = {},
  ): void {
    const deadline = open.get(name);
    if (deadline === undefined) return;
    open.delete(name);
    const untilAt = isSpan ? at : deadline.untilAt;
    over.push({ ...deadline, untilAt, ending: ending(lasting(at - deadline.at)), isBad });
  }

  function endAll(names: readonly string[], at: number, why: string): void {
    for (const name of names) end(name, at, () => why);
  }

  return {
    follow(event, scene, of) {
      const { policy } = scene;
      const { at } = of;
      switch (event.type) {
        case "SessionOpened":
          isOpen = true;
          break;
        case "HostLeft":
        case "AudienceSeen":
        case "ChannelDestroyed":
        case "PresenceChecked":
        case "HostJoined":
          if (scene.hosts.size > 0) {
            end("grace", at, (after) => `a host came back after ${after}`);
            end("manual", at, (after) => `a host came after ${after}`);
          } else if (isOpen) {
            begin("grace", `Waits ${lasting(policy.stopGraceMs)} for a host to come back`, of, policy.stopGraceMs);
          }
          break;
        case "StartRequested":
          if (scene.hosts.size > 0) break;
          begin("manual", `Waits ${lasting(policy.manualStartMs)} for a host to come`, of, policy.manualStartMs);
          break;
        case "RecorderStartAccepted":
        case "RelayAdopted":
          if (scene.ingestTold) break;
          begin(
            "confirmation",
            `Waits ${lasting(policy.startConfirmMs)} for Cloudflare to say that the picture arrived`,
            of,
            policy.startConfirmMs,
          );
          break;
        case "IngestDisconnected":
        case "IngestErrored":
          if (isOpen && scene.hosts.size > 0) {
            begin(
              "picture",
              `Waits ${lasting(policy.ingestLostMs)} for the picture to come back`,
              of,
              policy.ingestLostMs,
            );
          }
          break;
        case "IngestConnected":
          end("confirmation", at, (after) => `it said so after ${after}`);
          end("picture", at, (after) => `it came back after ${after}`);
          break;
        case "IngestChecked":
          if (event.state !== "connected") break;
          end("confirmation", at, (after) => `it did not; asked, it said so after ${after}`, { isBad: true });
          end("picture", at, (after) => `asked, Cloudflare says that it is back, after ${after}`);
          break;
        case "RepointRequested":
          end("picture", at, () => "it did not come back by itself", { isBad: true });
          break;
        case "RelayReleased":
          end("confirmation", at, () => "it never did", { isBad: true });
          end("picture", at, () => "it did not come back", { isBad: true });
          break;
        case "RelayStartFailed":
        case "LiveInputFailed": {
          const waits = [...policy.startRetryMs, ...policy.recoveryMs];
          const ms = Math.max(waits[scene.failures - 1] ?? 0, event.retryAfterMs ?? 0);
          const isFinal = event.type === "LiveInputFailed" ? event.final : event.disposition === "final";
          if (isOpen && ms > 0 && !isFinal) begin("retry", `Waits ${lasting(ms)} before the next try`, of, ms);
          break;
        }
        case "RelayRequested":
        case "LiveInputRequested":
          end("retry", at, (after) => `tried again after ${after}`);
          break;
        case "HoldSet":
          endAll(["retry"], at, "the channel was held");
          break;
        case "RecorderStopRequested":
          if (event.round === 1) {
            begin(`stop ${event.resourceId}`, `Recorder ${short(event.resourceId)} is to stop`, of, null);
          }
          break;
        case "RecorderStopConfirmed":
        case "RecorderPresumedEnded":
          end(`stop ${event.resourceId}`, at, (after) => `it has, after ${after}`, { isSpan: true });
          break;
        case "RecorderStopDied":
          end(`stop ${event.resourceId}`, at, () => "it did not", { isSpan: true, isBad: true });
          break;
        case "RecorderChecked":
          if (event.found === "exited") {
            end(`stop ${event.resourceId}`, at, (after) => `asked, Agora says that it has, after ${after}`, {
              isSpan: true,
            });
          }
          break;
        case "RecorderEnded": {
          const resourceId = scene.recordings.get(event.recordingSid);
          end(`stop ${resourceId}`, at, (after) => `it ended after ${after}`, { isSpan: true });
          break;
        }
        case "SessionEnding":
          isOpen = false;
          end("grace", at, () => "nobody came back", { isBad: false });
          endAll(["manual", "confirmation", "picture", "retry"], at, "the session ended before");
          break;
        default:
      }
    },
    all: () => [...over, ...open.values()],
  };
}
