import type { Knex } from "knex";

import { rowsOf, table } from "../../eventlog/index.ts";
import type { ChannelState, Effect } from "../../live/index.ts";
import type { ChannelRow } from "../channel-row.ts";
import { isStillWanted } from "../effects/is-still-wanted.ts";

/** Why older events of a channel are kept. */
export type NeedReason = "open_session" | "running_recorder" | "unfolded_event" | "owed_call" | "dead_call";

/** From where on a channel's events are needed, whatever their age. */
export interface Needed {
  /** Everything received since; null: nothing because of its time. */
  since: Date | null;
  /** Everything from this id on; null: nothing because of its id. */
  fromId: number | null;
  /** Each with the place from which on it keeps events. */
  reasons: { reason: NeedReason; since?: Date; fromId?: number }[];
}

/** An audience is read from an hour before its session, and a session is told from minutes before it. */
const marginMs = 3_600_000;

/**
 * What a channel still goes by: the broadcast that is open, recorders that are not proven to have ended, events that wait
 * to be folded or broke our code, calls that are owed, or given up and not yet settled by a person.
 *
 * @param trx - a transaction that holds the channel's row
 */
export async function neededOf(
  trx: Knex.Transaction,
  schema: string,
  { id, state }: Pick<ChannelRow, "id" | "state">,
): Promise<Needed> {
  const rows = await rowsOf<NeededRow>(
    trx,
    `select 'unfolded_event' as reason, min(id) as "fromId", null::jsonb as effect from ${table(schema, "events")}
       where channel_id = :id and status in ('pending', 'failed')
     union all
     select 'owed_call', min(event_id), null::jsonb from ${table(schema, "effects")} where channel_id = :id and status = 'open'
     union all
     select 'dead_call', event_id, payload from ${table(schema, "effects")} where channel_id = :id and status = 'dead'`,
    { id },
  );
  const places = rows.flatMap(({ reason, fromId, effect }) =>
    fromId === null || (effect !== null && !isUnsettled(effect, state)) ? [] : [{ reason, fromId }],
  );
  const times = timesOf(state).map(({ reason, at }) => ({ reason, since: new Date(at - marginMs) }));
  const ids = places.map(({ fromId }) => fromId);
  return {
    since: times.length === 0 ? null : new Date(Math.min(...times.map(({ since }) => since.getTime()))),
    fromId: ids.length === 0 ? null : Math.min(...ids),
    reasons: [...times, ...places],
  };
}

interface NeededRow {
  reason: NeedReason;
  fromId: number | null;
  effect: Effect | null;
}

function timesOf({ session, recorders }: ChannelState): { reason: NeedReason; at: number }[] {
  const isOpen = session !== null && session.closedAt === null;
  return [
    ...(isOpen ? [{ reason: "open_session" as const, at: session.openedAt }] : []),
    ...Object.values(recorders)
      .filter(({ state }) => state !== "ended")
      .map(({ acquiredAt }) => ({ reason: "running_recorder" as const, at: acquiredAt })),
  ];
}

/** Whether a person may still have a call made again that was given up. */
function isUnsettled(effect: Effect, state: ChannelState): boolean {
  switch (effect.type) {
    case "StopRecorder": {
      const recorder = state.recorders[effect.resourceId];
      return recorder !== undefined && recorder.state !== "ended";
    }
    case "DeleteVideo":
      return state.deletions?.[effect.video] !== undefined;
    default:
      return isStillWanted(effect, state);
  }
}
