import { loadConfig } from "../../../src/config/index.ts";
import { createDatabase } from "../../../src/db/index.ts";
import type { ChannelReplay } from "../../../src/engine/index.ts";
import { selectEvents } from "../../../src/eventlog/index.ts";
import { createLogger } from "../../../src/log.ts";
import { planReplay } from "../../../src/operators/index.ts";
import { interpret } from "../../../src/webhooks/index.ts";
import { serviceEnvironment } from "../environment.ts";
import type { EveningMode } from "../plan.ts";
import { schema } from "../server.ts";
import type { Problem } from "./problem.ts";

/**
 * What is saved of every channel, its sessions too, is what its log folds to: two processes that advanced it at the same time would have
 * lost what one of them learnt.
 */
export async function checkFold(databaseUrl: string, mode: EveningMode): Promise<Problem[]> {
  const database = createDatabase({ url: databaseUrl, schema, poolMax: 2, log: createLogger({ level: "fatal" }) });
  try {
    const { policy, relayMode } = loadConfig({ ...serviceEnvironment(mode), DATABASE_URL: databaseUrl });
    const rules = { policy, interpret, defaultMode: relayMode };
    const selected = await selectEvents(database, { status: "applied" });
    const channels: ChannelReplay[] = [];
    for await (const channel of planReplay(database, selected, rules, { act: true })) channels.push(channel);
    return channels
      .filter(({ differs }) => differs)
      .map(({ channel, before, after, changes }) => ({
        channel,
        words:
          `its state, or a session, is not what its log folds to: ${JSON.stringify(before)}, ` +
          `folded ${JSON.stringify(after)}; ${JSON.stringify(changes)}`,
      }));
  } finally {
    await database.close();
  }
}
