import { appendWithin, operatorEvent, type Tables } from "../eventlog/index.ts";
import { inTransaction, lockState } from "./in-transaction.ts";
import { Refused } from "./refused.ts";
import type { SessionItem } from "./sessions.ts";

/**
 * Asks for the end of a session. Whoever calls this advances the channel afterwards.
 *
 * @param by - who wants it, as lists show them
 * @throws {Refused} if another session, or none, is the open one when the channel is locked
 */
export async function stopSession(tables: Tables, session: SessionItem, by: string): Promise<void> {
  const { schema } = tables;
  assertOpen(session);
  await inTransaction(tables, async (trx) => {
    const { session: newest } = await lockState(trx, schema, session.channelId);
    if (newest === null || newest.number !== session.number || newest.closedAt !== null) refuse(session);
    const channel = { id: session.channelId, name: session.channel };
    await appendWithin(trx, schema, [operatorEvent(channel, { type: "StopRequested" }, by)]);
  });
}

/** @throws {Refused} if the session was closed already when it was read */
export function assertOpen(session: SessionItem): void {
  if (session.closedAt !== null) refuse(session);
}

function refuse({ id, closedAt }: SessionItem): never {
  throw new Refused(
    "session_not_open",
    `Session ${id} is not open: it was closed${closedAt === null ? "" : ` at ${closedAt}`}.`,
  );
}
