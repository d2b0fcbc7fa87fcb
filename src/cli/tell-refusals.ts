import type { Tables } from "../eventlog/index.ts";
import { adviceOn, sumRefusals } from "../journal/index.ts";
import type { Io } from "./io.ts";
import { count, plain, wrap } from "./output/text.ts";

/**
 * Says on the other stream whether a provider's webhooks were refused in the last hour: what a list doesn't show may be
 * what they told.
 */
export async function tellRefusals(io: Io, tables: Tables): Promise<void> {
  for (const refused of await sumRefusals(tables, 1)) {
    const { sender, isAlarming } = adviceOn(refused);
    if (!isAlarming) continue;
    const words = `${count(refused.count, "webhook")} refused in the last hour: ${sender}: ${refused.why}. tally doctor says what to do.`;
    for (const line of wrap(plain(words), io.columns)) io.err(`${line}\n`);
  }
}
