import type { Command } from "commander";

import { listSessions } from "../../operators/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import type { Io } from "../io.ts";
import { printList } from "../output/print.ts";
import { whole } from "../parse/whole.ts";
import { findChannel } from "../store/channel.ts";
import { listSessionsOf, sessionDepsOf } from "../store/sessions.ts";
import { tellRefusals } from "../tell-refusals.ts";
import { withService } from "../with-service.ts";
import { sessionColumns } from "./columns.ts";

interface ListOptions extends CommonOptions {
  channel?: string;
  limit: number;
}

export function addSessionsList(sessions: Command, io: Io): void {
  addCommand(sessions, "list", {
    summary: "List sessions, the newest first.",
    examples: ["sessions list", "sessions list --channel channel_42 --limit 5", "sessions list --json"],
  })
    .option("--channel <name>", "of this channel")
    .option("--limit <number>", "at most so many", whole(1, 100_000), 20)
    .action((options: ListOptions) =>
      withService(io, options, async (service) => {
        const { channel, limit } = options;
        const items =
          channel === undefined
            ? await listSessions(sessionDepsOf(service), { limit })
            : await listSessionsOf(service, (await findChannel(service.tables, channel)).id, limit);
        printList(io, options, { items, columns: sessionColumns(io), none: "There was no session yet.", limit });
        await tellRefusals(io, service.tables);
      }),
    );
}
