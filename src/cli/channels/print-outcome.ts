import type { CommonOptions } from "../command.ts";
import { describeStatus } from "../describe-status.ts";
import type { Io } from "../io.ts";
import { printJson } from "../output/print.ts";
import { findChannel, statusOf } from "../store/channel.ts";
import type { Service } from "../with-service.ts";

/** Tells what a command has done to a channel, with the status that it has now. */
export async function printOutcome(
  io: Io,
  { json }: CommonOptions,
  { config, tables }: Service,
  { name, words }: { name: string; words: string },
): Promise<void> {
  const status = statusOf(await findChannel(tables, name), config.relayMode);
  if (json) printJson(io, status);
  else io.out(`${name} ${words}: ${describeStatus(status)}.\n`);
}
