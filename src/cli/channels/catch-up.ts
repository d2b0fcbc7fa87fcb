import { type Command, Option } from "commander";

import { type CatchUp, listCatchUps, requestCatchUp } from "../../engine/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import { Failure } from "../failure.ts";
import type { Io } from "../io.ts";
import { printFields, printJson, printList } from "../output/print.ts";
import type { Column } from "../output/table.ts";
import { duration, shortTime } from "../output/times.ts";
import { parseChannelName } from "../parse/channel-name.ts";
import { whole } from "../parse/whole.ts";
import { awaitCatchUp, isServiceAlive } from "../store/catch-ups.ts";
import { findChannel } from "../store/channel.ts";
import { type Service, withService } from "../with-service.ts";

interface CatchUpOptions extends CommonOptions {
  list?: true;
  wait: number;
}

/** How many of them `--list` shows. */
const listedMost = 20;

export function addChannelsCatchUp(channels: Command, io: Io): void {
  addCommand(channels, "catch-up", {
    summary: "Have Agora asked who is where, for what was missed while Tally was down.",
    details:
      "The running service asks, and acts upon the answers: a host who is there gets a recording, one who left is " +
      "stopped. It does so by itself after an outage. Exit code 1 if it fails; --list shows how those before went.",
    examples: ["channels catch-up", "channels catch-up channel_42", "channels catch-up --list"],
  })
    .argument("[name]", "ask about this channel only", parseChannelName)
    .option("--wait <seconds>", "wait so long for it to be done", whole(0, 86_400), 30)
    .addOption(new Option("--list", "show the newest ones and ask nothing"))
    .action((name: string | undefined, options: CatchUpOptions) =>
      withService(io, options, async (service) => {
        if (options.list) await list(io, options, service);
        else await catchUp(io, options, service, name ?? null);
      }),
    );
}

async function catchUp(io: Io, options: CatchUpOptions, service: Service, name: string | null): Promise<void> {
  const { config, tables } = service;
  // Nobody may make a channel known but the app: an unknown one is then none.
  if (name !== null && config.channelPolicy === "registered") await findChannel(tables, name);
  const id = await requestCatchUp(tables.knex, tables.schema, name);
  const isAlive = await isServiceAlive(tables);
  const found = await awaitCatchUp(tables, id, isAlive ? options.wait : 0);
  if (options.json) printJson(io, found);
  else print(io, found);
  if (found.status === "failed") throw new Failure(`Catch-up ${id} failed: ${found.error ?? "no reason is known"}.`);
  if (found.status === "done") {
    if (name === null || found.doubted + found.registered > 0) return;
    throw new Failure(`There is no channel "${name}", and Agora knows of no host in one of that name.`);
  }
  const next = isAlive ? "It goes on: tally channels catch-up --list." : "No service is running: the next one does it.";
  io.err(`Catch-up ${id} is recorded. ${next}\n`);
}

async function list(io: Io, options: CatchUpOptions, { tables }: Service): Promise<void> {
  const items = await listCatchUps(tables.knex, tables.schema, { limit: listedMost });
  printList(io, options, { items, columns: columns(io), none: "There was no catch-up yet." });
}

function print(io: Io, found: CatchUp): void {
  printFields(io, {
    "catch-up": found.id,
    channel: found.channel,
    status: found.status,
    "channels at Agora": found.channel === null ? found.listed : null,
    "of ours, asked about": found.doubted,
    "unknown, asked about": found.asked,
    "of those ours now": found.registered,
    "last error": found.error,
  });
}

function columns(io: Io): Column<CatchUp>[] {
  return [
    { title: "ID", value: ({ id }) => String(id) },
    { title: "ASKED UTC", value: ({ createdAt }) => shortTime(createdAt, io.now()) },
    { title: "WHY", value: ({ why, gapSeconds }) => (gapSeconds === null ? why : `${why} ${duration(gapSeconds)}`) },
    { title: "CHANNEL", value: ({ channel }) => channel ?? "all", flexible: 8 },
    { title: "STATUS", value: ({ status }) => status, alarming: ({ status }) => status === "failed" },
    { title: "OURS", value: ({ doubted }) => String(doubted) },
    { title: "NEW", value: ({ asked, registered }) => `${registered} of ${asked}` },
    { title: "ERROR", value: ({ error }) => error ?? "", flexible: 16 },
  ];
}
