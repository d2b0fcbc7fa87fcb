import type { Tables } from "../eventlog/index.ts";
import { type RecentRefusals, recentRefusals } from "../journal/index.ts";
import type { Io } from "./io.ts";
import { count, plain, wrap } from "./output/text.ts";
import { shortTime } from "./output/times.ts";

/**
 * Says on the other stream whether a provider's webhooks were refused in the last hour: what a list doesn't show may be
 * what they told.
 */
export async function tellRefusals(io: Io, tables: Tables): Promise<void> {
  for (const refused of await recentRefusals(tables, 1)) {
    if (!refused.isAlarming && refused.afterwards.state !== "accepted") continue;
    for (const line of wrap(plain(describeRefusals(refused, io.now())), io.columns)) io.err(`${line}\n`);
  }
}

function describeRefusals({ sender, why, count: number, to, afterwards }: RecentRefusals, now: Date): string {
  const refused = `${count(number, "webhook")} refused in the last hour: ${sender}: ${why}.`;
  const help = "tally doctor says what to do.";
  switch (afterwards.state) {
    case "accepted":
      return `${refused} They are accepted again since ${shortTime(afterwards.at, now)} UTC.`;
    case "restart":
      return `${refused} The last at ${shortTime(to, now)} UTC, before this start; nothing came since. ${help}`;
    case "others":
      return `${refused} Others there are accepted. ${help}`;
    case "nothing":
      return `${refused} ${help}`;
  }
}
