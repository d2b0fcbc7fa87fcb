import type { Command } from "commander";

import {
  deleteOld,
  type Kind,
  type NeedReason,
  pause,
  planRetention,
  type RetentionPlan,
  type RetentionRules,
} from "../../engine/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import { confirm } from "../confirm.ts";
import type { Io } from "../io.ts";
import { printJson } from "../output/print.ts";
import { createProgress } from "../output/progress.ts";
import { formatTable } from "../output/table.ts";
import { count, plain } from "../output/text.ts";
import { rulesOf } from "../store/advance-channels.ts";
import { type Service, withService } from "../with-service.ts";

interface RunOptions extends CommonOptions {
  dryRun?: true;
  yes?: true;
}

export function addRetentionRun(retention: Command, io: Io): void {
  addCommand(retention, "run", {
    summary: "Delete what is too old, and say first what that is and what is kept all the same.",
    details:
      "The service does this by itself, every six hours. Events go only if EVENTS_RETENTION_DAYS is set; what a " +
      "channel's history came to stays, so that it can be rebuilt. It is done in small steps: after Ctrl-C the same " +
      "again goes on.",
    examples: ["retention run --dry-run", "retention run --yes"],
  })
    .option("--dry-run", "show what would be deleted, and delete nothing")
    .option("--yes", "do it unasked")
    .action((options: RunOptions) =>
      withService(io, options, async (service) => {
        const { dryRun, yes, json } = options;
        const rules = retentionRulesOf(service);
        const plan = await planRetention(rules);
        const rows = plan.deletes.reduce((sum, kind) => sum + kind.rows, 0);
        if (!json) printPlan(io, plan);
        if (dryRun === true || rows === 0) {
          if (json) printJson(io, plan);
          return;
        }
        await confirm(io, `Delete ${count(rows, "row")}?`, yes === true);
        const deleted = await deleteAll(io, rules, rows);
        if (json) printJson(io, { ...plan, deleted });
        else io.out(`Deleted: ${count(deleted, "row")}.\n`);
      }),
    );
}

function retentionRulesOf(service: Service): RetentionRules {
  return { ...service.tables, ...rulesOf(service), eventsDays: service.config.eventsDays };
}

async function deleteAll(io: Io, rules: RetentionRules, rows: number): Promise<number> {
  const progress = createProgress(io, rows, "rows");
  let deleted = 0;
  let stepAt = performance.now();
  for await (const step of deleteOld(rules)) {
    deleted += step.rows;
    progress.add(step.rows);
    await pause(performance.now() - stepAt, {}, io.signal);
    stepAt = performance.now();
  }
  progress.clear();
  return deleted;
}

const kinds: Record<Kind, string> = {
  events: "events of the log",
  effects: "calls that were owed, with their events",
  viewers: "viewers' coming and going",
  calls: "calls as they were made",
  refusals: "refused webhooks, by the minute",
  notifications: "notifications that are sent or given up",
  samples: "samples of viewers",
  stage_visits: "visits of the recorders' pages",
};

const reasons: Record<NeedReason, string> = {
  open_session: "its session is open",
  running_recorder: "a recorder is not proven to have ended",
  unfolded_event: 'an event waits to be folded, or failed ("tally events list --status failed")',
  owed_call: "a call is owed",
  dead_call: 'a call was given up ("tally effects list --status dead")',
};

/** Channels that are named. */
const shownMost = 20;

function printPlan(io: Io, { deletes, keeps }: RetentionPlan): void {
  io.out(
    formatTable(
      deletes,
      [
        { title: "WHAT", value: ({ kind }) => kinds[kind] },
        { title: "KEPT FOR", value: ({ days }) => (days === null ? "ever" : count(days, "day")) },
        { title: "TOO OLD", value: ({ rows }) => String(rows) },
      ],
      io,
    ),
  );
  if (keeps.length === 0) return;
  io.out("\nToo old, and kept all the same:\n");
  for (const { channel, events, reasons: why } of keeps.slice(0, shownMost)) {
    io.out(`  ${plain(channel)}, ${count(events, "event")}: ${why.map((reason) => reasons[reason]).join("; ")}\n`);
  }
  if (keeps.length > shownMost) io.out(`  … and ${count(keeps.length - shownMost, "channel")} more; --json has all.\n`);
}
