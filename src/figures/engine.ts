import { Counter, type Registry } from "prom-client";

import type { Figures } from "./figures.ts";
import { knownType } from "./known-type.ts";

const kinds = ["recording", "presence"] as const;

/** What this process makes of events, of effects and of notifications. */
export function createEngineFigures(
  registers: Registry[],
): Pick<Figures, "onAdvanced" | "onAttempted" | "onNotified" | "onDeleted"> {
  const folded = new Counter({
    name: "tally_events_folded_total",
    help: "Events that a channel took in, by what they came to; viewers' coming and going is not among them",
    labelNames: ["source", "type", "outcome"],
    registers,
  });
  const missed = new Counter({
    name: "tally_missed_notices_total",
    help: "Agora's notices that must have been sent and did not come, as later ones reveal",
    labelNames: ["kind"],
    registers,
  });
  const effects = new Counter({
    name: "tally_effect_attempts_total",
    help: "Attempts at effects, by how they went",
    labelNames: ["type", "outcome"],
    registers,
  });
  const notifications = new Counter({
    name: "tally_notification_attempts_total",
    help: "Attempts at sending notifications, by how they went",
    labelNames: ["type", "outcome"],
    registers,
  });
  const deleted = new Counter({
    name: "tally_deleted_rows_total",
    help: "Rows that were deleted because they were too old",
    labelNames: ["kind"],
    registers,
  });
  for (const kind of kinds) missed.inc({ kind }, 0);
  return {
    onAdvanced(result) {
      for (const { source, type, status } of result.folded) {
        folded.inc({ source, type: knownType(source, type), outcome: status });
      }
      // One that came late after all can't be taken off: a counter only grows.
      for (const kind of kinds) missed.inc({ kind }, Math.max(0, result.missed[kind]));
    },
    onAttempted: (attempted) => effects.inc({ ...attempted }),
    onDeleted: ({ kind, rows }) => deleted.inc({ kind }, rows),
    onNotified: (attempted) => notifications.inc(attempted),
  };
}
