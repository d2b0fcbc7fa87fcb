import { type Command, Option } from "commander";

import type { EventFilter, EventSource, EventStatus } from "../../eventlog/index.ts";
import type { Io } from "../io.ts";
import { parseWhen } from "../parse/when.ts";
import { whole } from "../parse/whole.ts";

const sources = ["agora", "cloudflare", "operator", "tally"] satisfies EventSource[];
const statuses = ["pending", "applied", "ignored", "unrecognised", "failed"] satisfies EventStatus[];

/** The options that choose events, the same for every command that does. */
export type FilterOptions = Pick<EventFilter, "since" | "until" | "channel" | "source" | "type" | "status" | "limit">;

/** @param limit - how the help describes `--limit` */
export function addFilterOptions(command: Command, io: Io, limit: string): Command {
  const when = (text: string) => parseWhen(text, io.now());
  return command
    .option("--since <time>", "received at or after: 2h, 3d ago, 19:15 UTC, or ISO 8601", when)
    .option("--until <time>", "received before, likewise", when)
    .option("--channel <name>", "of this channel")
    .addOption(new Option("--source <source>", "from this source").choices(sources))
    .option("--type <type>", "of this type: rtc.103, or 103 for short")
    .addOption(new Option("--status <status>", "with this status").choices(statuses))
    .option("--limit <number>", limit, whole(1, 100_000));
}

/** Only what chooses events, of all the options that a command was given. */
export function filterOf({ since, until, channel, source, type, status, limit }: FilterOptions): EventFilter {
  const filter = { since, until, channel, source, type, status, limit };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}
