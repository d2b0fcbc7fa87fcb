import { setTimeout as wait } from "node:timers/promises";

import type { RelayMode } from "../../src/live/index.ts";
import { carrierProducts, type EveningMode, type FaultKind, relayModes } from "./plan.ts";
import type { Random } from "./random.ts";
import { runningRelays } from "./relays.ts";
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
    inject: ({ sandbox, mode }, random) =>
      plan(
        sandbox,
        [...startAndStop(mode), "liveInputs.get", random.pick(callsOf(mode))].map((operation) => ({
          operation,
          answer: "hang",
        })),
      ),
  },
  "provider-refuses": {
    words: "providers answer 5xx",
    inject: ({ sandbox, mode }, random) =>
      plan(
        sandbox,
        callsOf(mode).map((operation) => ({
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
    inject: ({ sandbox, mode }, random) =>
      plan(
        sandbox,
        callsOf(mode).map((operation) => ({
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
    inject: ({ sandbox, mode }, random) =>
      plan(sandbox, [
        // What would also tell of the start comes late: only trying again shows that it was done.
        ...noticesOf(mode, "started").map((match) => ({
          match,
          action: "delay",
          ms: random.int(5_000, 7_000),
          times: 6,
        })),
        // After three lost answers of one resource, another is started beside it: that is policy.
        ...["start", "create_converter"].map((operation) => ({ operation, answer: "dropAfter", times: 2 })),
        ...["stop", "remove_converter", "update_converter", "liveInputs.create"].map((operation) => ({
          operation,
          answer: "dropAfter",
          times: random.int(1, 2),
        })),
        ...["acquire", "list_converters"].map((operation) => ({ operation, answer: "dropAfter" })),
      ]),
  },
  "webhooks-lost": {
    words: "webhooks lost: leaves, recorders', Cloudflare's",
    inject: ({ sandbox, channels, mode }, random) =>
      plan(sandbox, [
        // All leaves of some channels, and what tells of them as well. Never a join: nothing makes up for that.
        ...random
          .shuffled(channels)
          .slice(0, 3)
          .flatMap((about) => [104, 112, 102].map((eventType) => lost({ about, eventType }, 9))),
        ...noticesOf(mode, "lost").map((match) => lost(match, random.int(1, 3))),
        ...["live_input.connected", "live_input.disconnected"].map((eventType) =>
          lost({ eventType }, random.int(1, 3)),
        ),
      ]),
  },
  "recorders-fail": {
    words: "recorders crash, move, or lose their push",
    async inject({ sandbox }, random) {
      const onAir = ["recording", "running"];
      const running = runningRelays(await sandbox.state()).filter(({ state, isPublishing }) => {
        return onAir.includes(state) && isPublishing;
      });
      const ways: [string, object][] = [
        ["crash", {}],
        ["crash", { silently: true }],
        ["failover", {}],
        ["push-drop", {}],
      ];
      running.sort((a, b) => (a.channel < b.channel ? -1 : 1));
      for (const [i, { path }] of random.shuffled(running).slice(0, 4).entries()) {
        const [verb, body] = ways[i] ?? ["crash", {}];
        // One that ended in the meantime can't fail any more.
        await sandbox.post(`${path}/${verb}`, body).catch(() => undefined);
      }
    },
  },
  "clock-ahead": { words: "the providers' clocks an hour ahead", inject: (stage) => setClocks(stage, 3_600_000) },
  "clock-behind": { words: "the providers' clocks an hour behind", inject: (stage) => setClocks(stage, -3_600_000) },
};

/** What starts and stops a relay, by mode. */
const relayCalls: Readonly<Record<RelayMode, string[]>> = {
  "cloud-recording": ["acquire", "start", "stop"],
  "media-push": ["create_converter", "list_converters", "remove_converter", "update_converter"],
};
const questions: Readonly<Record<RelayMode, string>> = { "cloud-recording": "query", "media-push": "get_converter" };

function startAndStop(mode: EveningMode): string[] {
  return relayModes(mode).flatMap((one) => relayCalls[one]);
}

/** The calls that a channel's life depends on. */
function callsOf(mode: EveningMode): string[] {
  const asked = relayModes(mode).map((one) => questions[one]);
  return [...startAndStop(mode), "liveInputs.list", "liveInputs.create", "liveInputs.get", ...asked];
}

/**
 * What tells of a relay, by mode (Agora docs, NCS: Cloud Recording and Media Push events). `started`: all that tells that
 * it runs. `lost`: what may be lost at once.
 */
const notices: Readonly<Record<RelayMode, Record<"started" | "lost", number[]>>> = {
  "cloud-recording": { started: [70, 30, 100], lost: [70, 71, 100] },
  "media-push": { started: [1, 3], lost: [1, 3, 4] },
};

function noticesOf(mode: EveningMode, which: "started" | "lost"): object[] {
  return relayModes(mode).flatMap((one) =>
    notices[one][which].map((eventType) => ({ product: carrierProducts[one], eventType })),
  );
}

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
