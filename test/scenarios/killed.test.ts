import fetch from "node-fetch";
import { describe, expect, test } from "vitest";

import type { Status } from "../../src/live/index.ts";
import { apiKey, type Evening, openEvening } from "./evening.ts";
import { type ServiceProcess, spawnService, until } from "./process.ts";

const channel = "channel_7";

type Operation = "liveInputs.list" | "liveInputs.create" | "liveInputs.get" | "acquire" | "start";

describe("a process killed in a start", () => {
  test.concurrent.each<[Operation, "before" | "after"]>([
    ["liveInputs.list", "after"],
    ["liveInputs.create", "after"],
    ["liveInputs.get", "after"],
    ["acquire", "after"],
    ["start", "before"],
    ["start", "after"],
  ])(
    "at the %s call, %s it is done: another takes over, and there is one of everything",
    async (operation, when) => {
      const evening = await openEvening();
      try {
        // The call is held up, so that the process is certainly in the middle of it when it dies.
        const answer = when === "before" ? ("hang" as const) : { status: 200, body: {}, after: true };
        evening.sandbox.control.planFaults({ operation, answer, delayMs: 3_000 });
        const first = await startProcess(evening);
        evening.sandbox.control.join(channel, 1001, "host");
        await evening.sandbox.control.until(`the ${operation} call`, ({ calls }) =>
          calls.some((call) => call.operation === operation),
        );
        first.child.kill("SIGKILL");
        await first.gone;

        const second = await startProcess(evening);
        try {
          await untilLive(second.url);
          const { recorders, calls } = evening.sandbox.control.record();
          expect(recorders.filter(({ endedAt }) => endedAt === null)).toHaveLength(1);
          expect(recorders).toHaveLength(1);
          const created = calls.filter((call) => call.operation === "liveInputs.create" && call.ms !== null);
          expect(created.length).toBeLessThanOrEqual(operation === "liveInputs.create" ? 2 : 1);
          const { liveInputs } = evening.sandbox.control.state() as { liveInputs: unknown[] };
          expect(liveInputs).toHaveLength(1);
        } finally {
          second.child.kill("SIGTERM");
          await second.gone;
        }
      } finally {
        await evening.close();
      }
    },
    90_000,
  );
});

async function startProcess(evening: Evening): Promise<ServiceProcess> {
  const service = await spawnService(evening.environment);
  evening.sandbox.control.changeSettings({ serviceUrl: service.url });
  return service;
}

async function untilLive(url: string): Promise<void> {
  await until("the channel is live", async () => {
    const headers = { authorization: `Bearer ${apiKey}` };
    const answer = await fetch(`${url}/v1/channels/${channel}/status`, { headers });
    return answer.ok && ((await answer.json()) as Status).live;
  });
}
