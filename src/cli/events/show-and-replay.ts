import type { ChannelReplay, ReplayMode } from "../../engine/index.ts";
import type { Selected } from "../../eventlog/index.ts";
import {
  type ChannelReplayItem,
  planReplay,
  presentReplay,
  type ReplayItem,
  runReplay,
  type StartedReplay,
} from "../../operators/index.ts";
import { confirm } from "../confirm.ts";
import type { Io } from "../io.ts";
import { printJson } from "../output/print.ts";
import { createProgress, describeSpeed, type Progress } from "../output/progress.ts";
import { count } from "../output/text.ts";
import { advanceChannels, rulesOf } from "../store/advance-channels.ts";
import { linksOf } from "../store/links.ts";
import { whoami } from "../whoami.ts";
import type { Service } from "../with-service.ts";
import { createReplayPrinter, type Totals } from "./print-replay.ts";

/** What is to be processed again, just chosen or left of one that was interrupted. */
export interface Work extends Selected {
  mode: ReplayMode;
  /** The question before it is done. */
  question: string;
  /** Called before the first channel is changed. */
  begin: () => Promise<StartedReplay>;
}

export interface How {
  dryRun: boolean;
  yes: boolean;
  json: boolean;
}

/**
 * Shows what a replay would do, asks, and does it. With `--yes` each channel is shown as it is done, and folded once only.
 */
export async function showAndReplay(io: Io, service: Service, work: Work, how: How): Promise<void> {
  const { tables } = service;
  const { dryRun, yes, json } = how;
  const rules = rulesOf(service);
  const folded = work.channels.reduce((sum, channel) => sum + channel.folded, 0);
  const start = () => createProgress(io, folded, "events");

  if (!json) {
    io.out(`${count(work.events, "event")} to process again, of ${count(work.channels.length, "channel")}.\n`);
  }
  const isPlanned = dryRun || !yes || work.channels.length === 0;
  if (isPlanned) {
    const progress = start();
    await show(io, service, work, how, planReplay(tables, work, rules, work.mode, progress.add), progress);
    if (dryRun || work.channels.length === 0) return;
    await confirm(io, work.question, yes);
  }
  const progress = start();
  const running = advanced(service, runReplay(tables, await work.begin(), rules, whoami(), progress.add));
  const shownBefore = { ...io, out: () => undefined };
  const { channels, changed, outcomes } = await show(
    isPlanned ? shownBefore : io,
    service,
    work,
    how,
    running,
    progress,
  );
  if (json) return;
  io.out(`Done: ${changed} of ${count(channels, "channel")} changed; ${describeSpeed(progress, "event")}.\n`);
  for (const line of outcomes) io.out(line);
}

/** In JSON all channels, which are kept until the last one is there; in text those that differ, as they come. */
async function show(
  io: Io,
  service: Service,
  { events, isTruncated }: Work,
  { json }: How,
  replays: AsyncIterable<ChannelReplay>,
  progress: Progress,
): Promise<Totals> {
  const links = linksOf(service);
  const printer = createReplayPrinter(json ? { ...io, out: () => undefined } : io, progress, links);
  const channels: ChannelReplayItem[] = [];
  for await (const replay of replays) {
    await printer.show(replay);
    if (json) channels.push(await presentReplay(replay, links));
  }
  printer.end();
  if (json) printJson(io, { events, isTruncated, channels } satisfies ReplayItem);
  return printer.totals;
}

/** Each channel as soon as it is changed, so that an interruption leaves none behind. */
async function* advanced(service: Service, replays: AsyncIterable<ChannelReplay>): AsyncGenerator<ChannelReplay> {
  for await (const replay of replays) {
    if (replay.differs) await advanceChannels(service, [replay.channelId]);
    yield replay;
  }
}
