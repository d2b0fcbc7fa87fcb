import type { Command } from "commander";

import { assertOpen, stopSession } from "../../operators/index.ts";
import { printOutcome } from "../channels/print-outcome.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import { confirm } from "../confirm.ts";
import type { Io } from "../io.ts";
import { advanceChannels } from "../store/advance-channels.ts";
import { findSession } from "../store/sessions.ts";
import { whoami } from "../whoami.ts";
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
        assertOpen(session);
        await confirm(io, `Stop session ${id} of ${session.channel}?`, options.yes === true);
        await stopSession(tables, session, whoami());
        await advanceChannels(service, [session.channelId]);
        await printOutcome(io, options, service, { name: session.channel, words: "is asked to stop" });
      }),
    );
}
