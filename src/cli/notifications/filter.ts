import { type Command, Option } from "commander";

import { type DeliveryFilter, deliveryStatuses } from "../../notifications/index.ts";
import type { Io } from "../io.ts";
import { parseWhen } from "../parse/when.ts";
import { whole } from "../parse/whole.ts";

/** The options that choose deliveries. */
export type FilterOptions = Pick<DeliveryFilter, "channel" | "endpoint" | "status" | "since"> & { limit: number };

export function addFilterOptions(command: Command, io: Io, limit: number): Command {
  return command
    .option("--channel <name>", "of this channel")
    .option("--endpoint <id>", "to this endpoint")
    .addOption(new Option("--status <status>", "with this status").choices(deliveryStatuses))
    .option("--since <time>", "told at or after: 2h, 30m, 3d ago, or ISO 8601", (text) => parseWhen(text, io.now()))
    .option("--limit <number>", "at most so many, the newest", whole(1, 100_000), limit);
}

export function filterOf({ channel, endpoint, status, since, limit }: FilterOptions): DeliveryFilter {
  return { channel, endpoint, status, since, limit };
}
