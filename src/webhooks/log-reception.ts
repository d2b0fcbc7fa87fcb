import type { Logger } from "../log.ts";
import type { Door, Reception } from "./receive.ts";

export type WebhookLog = Pick<Logger, "info" | "warn" | "error">;

/** Writes the one log line of a delivery: at `warn` what was refused, at `error` what could not be stored. */
export type LogReception = (door: Door, reception: Reception, ms: number) => void;

/**
 * Anybody can have a refusal written, and a flood of them must not bury the other lines (or fill a disk): beyond `most`
 * in a period they are counted, and their number is written at its end.
 */
export function createReceptionLog(log: WebhookLog, { most = 100, periodMs = 10_000 } = {}): LogReception {
  let refused = 0;

  function isOneTooMany(): boolean {
    if (refused === 0) setTimeout(endPeriod, periodMs).unref();
    refused++;
    return refused > most;
  }

  function endPeriod(): void {
    if (refused > most) log.warn({ refusals: refused - most, periodMs }, "webhook.refusals_not_logged");
    refused = 0;
  }

  return (door, reception, ms) => {
    const level = levelOf(reception);
    if (level === "warn" && isOneTooMany()) return;
    const line = {
      source: door.source,
      path: door.path,
      outcome: reception.outcome,
      ...detailsOf(reception),
      bytes: "bytes" in reception ? reception.bytes : null,
      ms: Math.round(ms * 10) / 10,
    };
    log[level](line, "webhook.received");
  };
}

function levelOf({ outcome }: Reception): keyof WebhookLog {
  if (outcome === "not_stored") return "error";
  return outcome === "stored" || outcome === "duplicate" ? "info" : "warn";
}

function detailsOf(reception: Reception): object {
  if (reception.outcome === "unauthenticated") return { why: reception.why };
  if (reception.outcome === "address_refused") return { address: reception.address };
  if (!("event" in reception)) return {};
  const { type, dedupeKey, route } = reception.event;
  const stored =
    "id" in reception
      ? { eventId: reception.id, duplicate: reception.outcome === "duplicate" }
      : { err: reception.error };
  return { type, dedupeKey, route, ...stored };
}
