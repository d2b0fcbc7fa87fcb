import type { Command } from "commander";

import type { Tables } from "../../eventlog/index.ts";
import { appendWithin, operatorEvent } from "../../eventlog/index.ts";
import { printOutcome } from "../channels/print-outcome.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import { confirm } from "../confirm.ts";
import { Failure } from "../failure.ts";
import type { Io } from "../io.ts";
import { advanceChannels } from "../store/advance-channels.ts";
import { lockState } from "../store/channel.ts";
import { inTransaction } from "../store/in-transaction.ts";
import { findSession, type SessionItem } from "../store/sessions.ts";
import { withService } from "../with-service.ts";

interface StopOptions extends CommonOptions {
  yes?: true;
}

export function addSessionsStop(sessions: Command, io: Io): void {
  addCommand(sessions, "stop", {
    summary: "Stop an open session: its recording ends, and the channel starts again with the host's next join.",
    examples: ["sessions stop 42-3", "sessions stop 42-3 --yes"],
  })
    .argument("<id>", "the session's id, as in the list")
    .option("--yes", "do it unasked")
    .action((id: string, options: StopOptions) =>
      withService(io, options, async (service) => {
        const { tables } = service;
        const session = await findSession(service, id);
        if (session.closedAt !== null) refuse(session);
        await confirm(io, `Stop session ${id} of ${session.channel}?`, options.yes === true);
        await requestStop(tables, session);
        await advanceChannels(service, [session.channelId]);
        await printOutcome(io, options, service, { name: session.channel, words: "is asked to stop" });
      }),
    );
}

/** @throws {Failure} if another session, or none, is the open one when the channel is locked */
async function requestStop(tables: Tables, session: SessionItem): Promise<void> {
  const { schema } = tables;
  await inTransaction(tables, async (trx) => {
    const { session: newest } = await lockState(trx, schema, session.channelId);
    if (newest === null || newest.number !== session.number || newest.closedAt !== null) refuse(session);
    const channel = { id: session.channelId, name: session.channel };
    await appendWithin(trx, schema, [operatorEvent(channel, { type: "StopRequested" })]);
  });
}

function refuse({ id, closedAt }: SessionItem): never {
  throw new Failure(
    `Session ${id} is not open: it was closed${closedAt === null ? "" : ` at ${closedAt.toISOString()}`}.`,
  );
}
