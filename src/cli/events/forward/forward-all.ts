import { listEventsAfter, type Selection, type StoredEvent, type Tables } from "../../../eventlog/index.ts";

/** Events that are read at a time. */
const pageSize = 500;
/** Channels that are sent at once. */
const lanesMost = 16;

/**
 * Hands over selected events, the oldest first: those of one channel one after the other, several channels at once. A
 * page at a time, so that what is held doesn't grow with the log.
 *
 * @param send - what it throws ends all of it, once what was under way is done
 */
export async function forwardAll(
  tables: Tables,
  selection: Selection,
  send: (event: StoredEvent) => Promise<void>,
): Promise<void> {
  for (let after = 0; ;) {
    const events = await listEventsAfter(tables, selection, { after, limit: pageSize });
    const last = events.at(-1);
    if (last === undefined) return;
    after = last.id;
    await sendPage(lanesOf(events), send);
  }
}

function lanesOf(events: StoredEvent[]): StoredEvent[][] {
  const lanes = new Map<string, StoredEvent[]>();
  for (const event of events) {
    const lane = laneOf(event);
    const known = lanes.get(lane);
    if (known === undefined) lanes.set(lane, [event]);
    else known.push(event);
  }
  return [...lanes.values()];
}

/** Who an event is about, as well as it is known. */
function laneOf({ channelId, route }: StoredEvent): string {
  if (channelId !== null) return String(channelId);
  return route === null ? "" : `${route.kind} ${route.key}`;
}

async function sendPage(lanes: StoredEvent[][], send: (event: StoredEvent) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  const work = async () => {
    for (let lane = lanes.shift(); lane !== undefined; lane = lanes.shift()) {
      for (const event of lane) {
        if (failures.length > 0) return;
        await send(event);
      }
    }
  };
  const working = Array.from({ length: Math.min(lanesMost, lanes.length) }, () =>
    work().catch((error: unknown) => void failures.push(error)),
  );
  await Promise.all(working);
  if (failures.length > 0) throw failures[0];
}
