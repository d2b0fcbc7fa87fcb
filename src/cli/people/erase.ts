import type { Command } from "commander";

import {
  CannotErase,
  type ErasedChannel,
  erasePerson,
  type Erasure,
  type Person,
  planErasure,
} from "../../operators/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import { confirm } from "../confirm.ts";
import { Failure } from "../failure.ts";
import type { Io } from "../io.ts";
import { printJson } from "../output/print.ts";
import { count, plain } from "../output/text.ts";
import { whole } from "../parse/whole.ts";
import { advanceChannels, rulesOf } from "../store/advance-channels.ts";
import { findChannel } from "../store/channel.ts";
import { whoami } from "../whoami.ts";
import { type Service, withService } from "../with-service.ts";

interface EraseOptions extends CommonOptions {
  channel?: string;
  user?: string;
  dryRun?: true;
  yes?: true;
}

export function addPeopleErase(people: Command, io: Io): void {
  addCommand(people, "erase", {
    summary: "Erase a person from all that is kept, and say first where they are found.",
    details:
      "A number that is nobody's takes the place of their uid, another in each channel, so that what happened still " +
      "adds up; what they did as a viewer, and calls that name them, are deleted. Refused while they are in a broadcast. " +
      "Not erased: the channel's name, recordings and videos, logs, backups.",
    examples: [
      "people erase 740001234 --dry-run",
      "people erase 740001234 --user seller-7 --yes",
      "people erase 740001234 --channel channel_42",
    ],
  })
    .argument("<uid>", "the person's uid at Agora", whole(1, 0xffff_ffff))
    .option("--channel <name>", "in this channel only: a uid may be somebody else's in another")
    .option("--user <id>", "the app's id of a seller too, as channels are registered with it")
    .option("--dry-run", "show where they are found, and change nothing")
    .option("--yes", "do it unasked")
    .action((uid: number, { channel, user, ...options }: EraseOptions) =>
      withService(io, options, async (service) => {
        const person = { uid, channel, userId: user };
        const { dryRun, yes, json } = options;
        if (channel !== undefined) await findChannel(service.tables, channel);
        const plan = await unlessRefused(() => planErasure(service.tables, person));
        const isFound = plan.channels.length + plan.strays > 0;
        if (!json) printPlan(io, person, plan);
        if (dryRun === true || !isFound) {
          if (json) printJson(io, toItem(plan));
          return;
        }
        await confirm(io, `Erase ${uid}? It can't be taken back.`, yes === true);
        await unlessRefused(() => erase(service, person));
        if (json) printJson(io, toItem(plan));
        else io.out(`${uid} is erased.\n`);
      }),
    );
}

/** Each channel is advanced as soon as it is changed, so that an interruption leaves none behind. */
async function erase(service: Service, person: Person): Promise<void> {
  for await (const { channelId } of erasePerson(service.tables, person, rulesOf(service), whoami())) {
    await advanceChannels(service, [channelId]);
  }
}

async function unlessRefused<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CannotErase) throw new Failure(error.message, { cause: error });
    throw error;
  }
}

function toItem({ channels, strays }: Erasure) {
  return { channels: channels.map(({ channelId: _, ...channel }) => channel), strays };
}

function printPlan(io: Io, { uid }: Person, { channels, strays }: Erasure): void {
  if (channels.length + strays === 0) io.out(`Nothing is kept of ${uid}.\n`);
  for (const channel of channels) io.out(`${plain(channel.channel)}: ${describe(channel)}\n`);
  if (strays > 0) io.out(`${count(strays, "event")} of no channel to delete\n`);
}

function describe({ events, viewer, calls, notifications, isTheirs }: ErasedChannel): string {
  const parts = [
    `${count(events, "event")} to change`,
    ...(viewer > 0 ? [`${viewer} as a viewer to delete`] : []),
    ...(calls > 0 ? [`${count(calls, "call")} to delete`] : []),
    ...(notifications > 0 ? [`${count(notifications, "notification")} to change`] : []),
    ...(isTheirs ? ["it is registered to them: it has no host until it is registered anew"] : []),
  ];
  return parts.join("; ");
}
