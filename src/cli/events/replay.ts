import type { Command } from "commander";

import { type EventFilter, listEvents, selectEvents, type Tables } from "../../eventlog/index.ts";
import { beginReplay, findReplay, type StartedReplay } from "../../operators/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import { Failure, Interrupted } from "../failure.ts";
import type { Io } from "../io.ts";
import { count } from "../output/text.ts";
import { parseUrl } from "../parse/url.ts";
import { whole, wholes } from "../parse/whole.ts";
import { whoami } from "../whoami.ts";
import { withService } from "../with-service.ts";
import { addFilterOptions, filterOf, type FilterOptions } from "./filter.ts";
import { forward, type ForwardHow, providers, toGoOn } from "./forward/forward.ts";
import { showAndReplay, type Work } from "./show-and-replay.ts";

interface ReplayOptions extends FilterOptions, CommonOptions {
  dryRun?: true;
  yes?: true;
  act?: true;
  ended?: true;
  resume?: number;
  to?: string;
}

export function addEventsReplay(events: Command, io: Io): void {
  const command: Command = addCommand(events, "replay", {
    summary: "Process stored events again, and say first what that would change.",
    details:
      "Each event is interpreted again, and the channel that it belongs to is folded from its first event on. If the " +
      "new state would start something at a provider, the channel is held instead: it starts nothing until the host's " +
      'next event or "tally channels release". With --act it starts what it wants. A hold that keeps the new state ' +
      "from nothing is lifted.\n" +
      "Without --yes the plan is shown and you are asked; where there is no terminal nothing happens. Each channel is " +
      "done as a whole or not at all: after Ctrl-C, --resume goes on.\n" +
      "With --to nothing is processed here: the providers' webhooks among the events are sent to another Tally, signed " +
      "anew, in order per channel. It takes them for real and for new: it decides and calls its own providers. They are " +
      "signed with this environment's secrets, or with TARGET_AGORA_NCS_SECRET, TARGET_CLOUDFLARE_NOTIFICATION_SECRET " +
      "and TARGET_CLOUDFLARE_STREAM_WEBHOOK_SECRET. What the target has it answers as a duplicate: so the same command " +
      "again goes on, and a target that works on this very database loses nothing.",
    examples: [
      "events replay 1234 1235",
      "events replay --since 2h --status unrecognised --dry-run",
      "events replay --channel channel_42 --since 1d --yes",
      "events replay --resume 7",
      "events replay --channel shop_1 --since 1d --to http://127.0.0.1:3000",
    ],
  });
  command.argument("[ids...]", "ids of events; or choose them by the options", wholes(1));
  addFilterOptions(command, io, "at most so many, the newest (default: all that fit)")
    .option("--dry-run", "show the plan and do nothing")
    .option("--yes", "do it unasked")
    .option("--act", "let the new state start what it wants, instead of holding the channel")
    .option("--ended", "with --act: also where the last broadcast is over")
    .option("--resume <replay>", "go on with one that was interrupted, in the way that it began", whole(1))
    .option("--to <address>", "send the webhooks among them to another Tally instead", parseUrl)
    .action(async (ids: number[], options: ReplayOptions) => {
      const filter = filterToUse(command, ids, options);
      const { to } = options;
      if (to !== undefined) {
        const { dryRun, yes, json } = options;
        const how = { to, dryRun: dryRun === true, yes: yes === true, json: json === true };
        await forwardChosen(io, options, ids, filter, how);
        return;
      }
      const begun: { replay: StartedReplay | null } = { replay: null };
      try {
        await withService(io, options, async (service) => {
          const { dryRun, yes, json } = options;
          const work = await findWork(io, service.tables, ids, filter, options);
          const begin = async () => (begun.replay = await work.begin());
          await showAndReplay(
            io,
            service,
            { ...work, begin },
            { dryRun: dryRun === true, yes: yes === true, json: json === true },
          );
        });
      } catch (error) {
        if (begun.replay !== null) io.err(howToGoOn(begun.replay));
        throw error;
      }
    });
}

async function forwardChosen(
  io: Io,
  options: CommonOptions,
  ids: number[],
  filter: EventFilter,
  how: ForwardHow,
): Promise<void> {
  try {
    await withService(io, options, async (service) => {
      await assertThere(service.tables, ids, { ...filter, sources: providers }, "no webhook of a provider, ");
      await forward(io, service, filter, how);
    });
  } catch (error) {
    if (error instanceof Interrupted) io.err(`\nNot all of it was sent. ${toGoOn}\n`);
    throw error;
  }
}

/** Whatever ended it, each channel was done or not. */
function howToGoOn({ id }: StartedReplay): string {
  return `\nReplay ${id} was not finished. To go on where it was: tally events replay --resume ${id}\n`;
}

async function findWork(
  io: Io,
  tables: Tables,
  ids: number[],
  filter: EventFilter,
  { resume, act, ended }: ReplayOptions,
): Promise<Work> {
  if (resume !== undefined) {
    const found = await unfinished(tables, resume);
    const { events } = await selectEvents(tables, found.selection);
    const question = `Go on with replay ${resume}, of which ${describeDone(found)} done?`;
    return { ...found, events, isTruncated: false, question, begin: () => Promise.resolve(found) };
  }
  await assertThere(tables, ids, filter);
  const mode = { act: act === true, ended: ended === true };
  const selected = await selectEvents(tables, filter);
  const { events, isTruncated } = selected;
  if (isTruncated) io.err(`These are the newest ${events} that fit; --limit takes more.\n`);
  const begin = () => beginReplay(tables, selected, mode, whoami());
  return { ...selected, mode, question: `Replay ${count(events, "event")}?`, begin };
}

/** @returns the filter; what can't go together ends the command */
function filterToUse(command: Command, ids: number[], options: ReplayOptions): EventFilter {
  const filter = { ...filterOf(options), ...(ids.length > 0 && { ids }) };
  const isChosen = Object.keys(filter).length > 0;
  if (options.resume !== undefined && (isChosen || options.act || options.ended)) {
    command.error("error: --resume takes the events and the way from the replay that it goes on with: give no others");
  }
  if (options.to !== undefined && (options.resume !== undefined || options.act || options.ended)) {
    command.error(
      "error: --to sends events to another Tally: --resume, --act and --ended are for processing them here",
    );
  }
  if (options.to !== undefined && (options.source === "tally" || options.source === "operator")) {
    command.error("error: --to sends providers' webhooks only: --source agora or cloudflare");
  }
  if (options.resume === undefined && !isChosen) {
    command.error("error: say which events: ids, or at least one of the options that choose them");
  }
  return filter;
}

function describeDone({ doneChannels }: StartedReplay): string {
  return `${count(doneChannels, "channel")} ${doneChannels === 1 ? "is" : "are"}`;
}

/** @param why - what else may keep one of them out, before the rest of the sentence */
async function assertThere(tables: Tables, ids: number[], filter: EventFilter, why = ""): Promise<void> {
  if (ids.length === 0) return;
  const found = new Set((await listEvents(tables, { ...filter, limit: ids.length })).map(({ id }) => id));
  const missing = ids.filter((id) => !found.has(id));
  if (missing.length === 0) return;
  throw new Failure(`Nothing was done: ${why}not found, or left out by the options: ${missing.join(", ")}.`);
}

async function unfinished(tables: Tables, id: number): Promise<StartedReplay> {
  const found = await findReplay(tables, id);
  if (found === null) throw new Failure(`There is no replay ${id}: nothing to go on with.`);
  if (found.isFinished) throw new Failure(`Replay ${id} was finished: nothing is left of it.`);
  return found;
}
