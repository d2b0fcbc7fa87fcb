import type { Knex } from "knex";

import { appendWithin, table } from "../eventlog/index.ts";
import {
  type Decision,
  decisionKey,
  effectOf,
  type RecorderStopDied,
  type RelayMode,
  type VideoDeletionDied,
} from "../live/index.ts";
import { type NewAnnouncement, recordAnnouncements } from "../notifications/index.ts";
import type { Decided } from "./decide-all.ts";
import { enqueueEffects } from "./enqueue.ts";

/** The channel, at the version that the decisions make. */
export interface DecidingChannel {
  id: number;
  name: string;
  version: number;
  /** When it was decided: milliseconds, database's clock. */
  now: number;
}

/**
 * Appends decisions as facts that are folded already, and gives each new one its effect and job, or its notification. A
 * decision whose key the log holds was made before, and is not acted upon again: that is what "once only" rests on.
 *
 * @returns how many effects are new
 */
export async function recordDecisions(
  trx: Knex.Transaction,
  schema: string,
  channel: DecidingChannel & { defaultMode: RelayMode },
  decided: Decided[],
): Promise<number> {
  if (decided.length === 0) return 0;
  const decisions = decided.map(({ event }) => event);
  const appended = await appendWithin(
    trx,
    schema,
    decisions.map((decision) => decisionRow(channel, decision)),
  );
  const effects = decisions.flatMap((decision, i) => {
    const event = appended[i];
    const effect = effectOf(channel.id, decision);
    return event === undefined || event.duplicate || effect === null ? [] : [{ eventId: event.id, effect }];
  });
  const enqueued = await enqueueEffects(trx, schema, channel.id, effects);
  const announcements = decided.flatMap(({ event, after }, i): NewAnnouncement[] => {
    const known = appended[i];
    if (event.type !== "Announced" || known === undefined || known.duplicate) return [];
    return [{ eventId: known.id, event, after }];
  });
  await recordAnnouncements(trx, schema, channel, announcements);
  for (const decision of decisions) {
    if (decision.type === "RecorderStopDied" || decision.type === "VideoDeletionDied") {
      await markDead(trx, schema, channel.id, decision);
    }
  }
  return enqueued;
}

/** A decision as a row of the log. */
export function decisionRow(channel: DecidingChannel, decision: Decision) {
  return {
    source: "tally" as const,
    dedupeKey: decisionKey(channel.id, decision),
    type: decision.type,
    route: { kind: "channel" as const, key: channel.name },
    channelId: channel.id,
    occurredAt: null,
    receivedAt: new Date(channel.now),
    payload: decision,
    raw: null,
    bodySha256: null,
    headers: null,
    status: "applied" as const,
    appliedVersion: channel.version,
  };
}

/** The last stop may have been accepted and still not have stopped it: for a person it is dead all the same. */
async function markDead(
  trx: Knex.Transaction,
  schema: string,
  channelId: number,
  died: RecorderStopDied | VideoDeletionDied,
): Promise<void> {
  await trx.raw(
    `update ${table(schema, "effects")} set status = 'dead', error = :error, finished_at = clock_timestamp()
     where key = :key`,
    { key: decisionKey(channelId, requestOf(died)), error: died.error },
  );
}

/** The decision whose effect is given up. */
function requestOf(died: RecorderStopDied | VideoDeletionDied): Decision {
  if (died.type === "RecorderStopDied") {
    return { type: "RecorderStopRequested", resourceId: died.resourceId, round: died.round };
  }
  return { type: "VideoDeletionRequested", session: died.session, video: died.video, round: died.round };
}
