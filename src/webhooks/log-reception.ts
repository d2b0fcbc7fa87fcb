import type { Logger } from "../log.ts";
import type { Door, Reception } from "./receive.ts";

export type WebhookLog = Pick<Logger, "info" | "warn" | "error">;

/**
 * Writes the one log line of a delivery: at `warn` what was refused, at `error` what could not be stored.
 *
 * @param bytes - of the body; null if it wasn't read
 */
export function logReception(
  log: WebhookLog,
  door: Door,
  reception: Reception,
  { bytes, ms }: { bytes: number | null; ms: number },
): void {
  const line = {
    source: door.source,
    path: door.path,
    outcome: reception.outcome,
    ...detailsOf(reception),
    bytes,
    ms: Math.round(ms * 10) / 10,
  };
  log[levelOf(reception)](line, "webhook.received");
}

function levelOf({ outcome }: Reception): keyof WebhookLog {
  if (outcome === "not_stored") return "error";
  return outcome === "stored" || outcome === "duplicate" ? "info" : "warn";
}

function detailsOf(reception: Reception): object {
  if (reception.outcome === "unauthenticated") return { why: reception.why };
  if (!("event" in reception)) return {};
  const { type, dedupeKey, route } = reception.event;
  const stored =
    "id" in reception
      ? { eventId: reception.id, duplicate: reception.outcome === "duplicate" }
      : { err: reception.error };
  return { type, dedupeKey, route, ...stored };
}
