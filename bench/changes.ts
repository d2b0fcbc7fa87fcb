import { createDatabase } from "../src/db/index.ts";
import { createAdvance } from "../src/engine/index.ts";
import { appendWithin, noticeChannel, operatorEvent, registerChannel, table } from "../src/eventlog/index.ts";
import { defaultPolicy } from "../src/live/index.ts";
import { createLogger } from "../src/log.ts";
import { interpret } from "../src/webhooks/index.ts";
import { clockMs } from "./clock.ts";

/** Makes new versions of channels, as a process of Tally does: an event is appended, and the channel advances. */
export interface Changes {
  register: (name: string) => Promise<BenchChannel>;
  /** @returns when the advance's commit was sent, by `clockMs`; meaningless with more than one change at a time */
  change: (channel: BenchChannel) => Promise<number>;
  /** The least that makes a new version: one statement, which also announces it. */
  bump: (channel: BenchChannel) => Promise<void>;
  close: () => Promise<void>;
}

export interface BenchChannel {
  id: number;
  name: string;
}

/** @param options.concurrency - changes at a time, each with a connection of its own */
export function createChanges({ url, concurrency }: { url: string; concurrency: number }): Changes {
  const log = createLogger({ level: "fatal" });
  const database = createDatabase({ url, schema: "tally", poolMax: concurrency, log });
  const { knex, schema } = database;
  const rules = { interpret, policy: defaultPolicy, defaultMode: "cloud-recording" as const, maxActiveRelays: 50 };
  const { advance } = createAdvance({ knex, schema, log, concurrency, ...rules });
  let committedAt = NaN;
  knex.on("query", ({ sql }: { sql: string }) => {
    if (sql === "COMMIT;") committedAt = clockMs();
  });
  return {
    register: async (name) => ({ id: await registerChannel(database, name), name }),
    async change(channel) {
      const event = operatorEvent(channel, { type: "StopRequested" }, "the benchmark");
      await knex.transaction((trx) => appendWithin(trx, schema, [event]));
      if ((await advance(channel.id)) === null) throw new Error(`channel ${channel.name} is not there`);
      return committedAt;
    },
    async bump({ id }) {
      await knex.raw(
        `with changed as (
           update ${table(schema, "channels")} set version = version + 1 where id = ? returning name, version
         ) select pg_notify(?, version || ' ' || name) from changed`,
        [id, noticeChannel(schema)],
      );
    },
    close: database.close,
  };
}
