import { setTimeout as wait } from "node:timers/promises";

import type { FaultKind } from "./plan.ts";
import type { Random } from "./random.ts";
import { query, schema } from "./server.ts";
import type { Service } from "./service.ts";
import type { Stage } from "./stage.ts";

interface Fault {
  /** For the table. */
  words: string;
  /** Resolves when the fault itself is over, and only its consequences are left. */
  inject(stage: Stage, random: Random): Promise<void>;
}

export const faults: Record<FaultKind, Fault> = {
  "process-killed": {
    words: "a process killed",
    inject: ({ services }, random) => killAndStart(random.pick(services)),
  },
  "processes-killed-in-a-row": {
    words: "processes killed, three times in a row",
    async inject({ services }, random) {
      for (let i = 0; i < 3; i++) {
        await killAndStart(random.pick(services));
        await wait(random.int(0, 500));
      }
    },
  },
  "postgres-restarted": {
    words: "Postgres restarted",
    inject: ({ server }, random) => server.restart(random.pick(["fast", "immediate"])),
  },
  "backends-terminated": {
    words: "database connections terminated",
    async inject({ databaseUrl }, random) {
      for (const times = random.int(1, 3), i = { done: 0 }; i.done < times; i.done++) {
        await query(
          databaseUrl(),
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and pid <> pg_backend_pid()`,
        );
        await wait(random.int(0, 400));
      }
    },
  },
  "tables-locked": {
    words: "every connection held up by a lock, for 3 s",
    async inject({ databaseUrl }, random) {
      const table = random.pick(["events", "channels", "effects"]);
      await query(databaseUrl(), `begin; lock table ${schema}.${table}; select pg_sleep(3); commit`);
    },
  },
  "listen-black-holed": {
    words: "LISTEN connections half open",
    inject({ databaseProxy }) {
      if (databaseProxy.blackHoleListeners() === 0) throw new Error("no connection listens");
      return Promise.resolve();
    },
  },
  "provider-hangs": {
    words: "providers hang",
    inject: ({ sandbox }, random) =>
      plan(
        sandbox,
        ["acquire", "start", "stop", "liveInputs.get", random.pick(calls)].map((operation) => ({
          operation,
          answer: "hang",
        })),
      ),
  },
  "provider-refuses": {
    words: "providers answer 5xx",
    inject: ({ sandbox }, random) =>
      plan(
        sandbox,
        calls.map((operation) => ({
          operation,
          times: random.int(1, 3),
          answer: {
            status: random.pick([500, 502, 503, 504]),
            body: random.pick([
              { code: 65, reason: "request not completed" },
              { message: "An unexpected error" },
              null,
            ]),
            after: random.isTrue(0.3),
          },
        })),
      ),
  },
  "provider-limits": {
    words: "providers answer 429",
    inject: ({ sandbox }, random) =>
      plan(
        sandbox,
        calls.map((operation) => ({
          operation,
          times: random.int(1, 2),
          answer: {
            status: 429,
            body: { message: "API rate limit exceeded" },
            headers: random.isTrue(0.5) ? { "retry-after": "1" } : {},
          },
        })),
      ),
  },
  "answers-lost": {
    words: "providers' answers lost",
    inject: ({ sandbox }, random) =>
      plan(sandbox, [
        // What would also tell of the start comes late: only trying again shows that it was done.
        ...[70, 30, 100].map((eventType) => ({
          match: { product: 3, eventType },
          action: "delay",
          ms: random.int(5_000, 7_000),
          times: 6,
        })),
        // After three lost answers of one resource, another is started beside it: that is policy.
        { operation: "start", answer: "dropAfter", times: 2 },
        { operation: "stop", answer: "dropAfter", times: random.int(1, 2) },
        { operation: "acquire", answer: "dropAfter" },
        { operation: "liveInputs.create", answer: "dropAfter", times: random.int(1, 2) },
      ]),
  },
  "webhooks-lost": {
    words: "webhooks lost: leaves, recorders', Cloudflare's",
    inject: ({ sandbox, channels }, random) =>
      plan(sandbox, [
        // All leaves of some channels, and what tells of them as well. Never a join: nothing makes up for that.
        ...random
          .shuffled(channels)
          .slice(0, 3)
          .flatMap((about) => [104, 112, 102].map((eventType) => lost({ about, eventType }, 9))),
        ...[70, 71, 100].map((eventType) => lost({ product: 3, eventType }, random.int(1, 3))),
        ...["live_input.connected", "live_input.disconnected"].map((eventType) =>
          lost({ eventType }, random.int(1, 3)),
        ),
      ]),
  },
  "recorders-fail": {
    words: "recorders crash, move, or lose their push",
    async inject({ sandbox }, random) {
      const running = (await sandbox.state()).recorders.filter(({ state, push }) => {
        return state === "recording" && push === "publishing";
      });
      const ways: [string, object][] = [
        ["crash", {}],
        ["crash", { silently: true }],
        ["failover", {}],
        ["push-drop", {}],
      ];
      running.sort((a, b) => (a.cname < b.cname ? -1 : 1));
      for (const [i, { sid }] of random.shuffled(running).slice(0, 4).entries()) {
        const [verb, body] = ways[i] ?? ["crash", {}];
        // One that ended in the meantime can't fail any more.
        await sandbox.post(`/recorders/${sid}/${verb}`, body).catch(() => undefined);
      }
    },
  },
  "clock-ahead": { words: "the providers' clocks an hour ahead", inject: (stage) => setClocks(stage, 3_600_000) },
  "clock-behind": { words: "the providers' clocks an hour behind", inject: (stage) => setClocks(stage, -3_600_000) },
};

/** The calls that a channel's life depends on. */
const calls = ["acquire", "start", "stop", "liveInputs.list", "liveInputs.create", "liveInputs.get", "query"];

function plan(sandbox: Stage["sandbox"], planned: object[]): Promise<void> {
  return sandbox.post("/faults", planned);
}

function lost(match: object, times: number): object {
  return { match, action: "lose", times };
}

async function killAndStart(service: Service): Promise<void> {
  await service.kill();
  await service.start();
}

function setClocks({ sandbox }: Stage, offsetMs: number): Promise<void> {
  return sandbox.post("/settings", { clocks: { agoraOffsetMs: offsetMs, cloudflareOffsetMs: offsetMs } });
}
