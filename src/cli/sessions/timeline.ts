import type { Command } from "commander";

import { readTimeline } from "../../timeline/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import { Failure } from "../failure.ts";
import type { Io } from "../io.ts";
import { printJson } from "../output/print.ts";
import { findSessionId } from "../store/sessions.ts";
import { withService } from "../with-service.ts";
import { formatTimeline } from "./format-timeline.ts";

interface TimelineOptions extends CommonOptions {
  calls?: true;
}

export function addSessionsTimeline(sessions: Command, io: Io): void {
  addCommand(sessions, "timeline", {
    summary: "Tell what happened in a session and why, across both providers.",
    details:
      "What came in, what was decided and for what reason, what was called, and what\n" +
      "was waited for, in its order. A ! marks what went wrong. JSON is the API's.",
    examples: [
      "sessions timeline 42-3",
      "sessions timeline channel_42",
      "sessions timeline 42-3 --calls",
      "sessions timeline 42-3 --json",
    ],
  })
    .argument("<id>", "the session's id, as in the list; or a channel's name, for its newest")
    .option("--calls", "show the calls that went well too")
    .action((id: string, options: TimelineOptions) =>
      withService(io, options, async ({ config, tables }) => {
        const timeline = await readTimeline(tables, await findSessionId(tables, id), config.policy);
        if (timeline === null) throw new Failure(`Session "${id}" was deleted meanwhile.`);
        if (options.json) printJson(io, timeline);
        else io.out(formatTimeline(timeline, io, { allCalls: options.calls === true }));
      }),
    );
}
