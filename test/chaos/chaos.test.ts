import { expect, test } from "vitest";

import { createClosers } from "../../src/closers.ts";
import { describeProblems } from "./describe-problems.ts";
import { playEvening } from "./evening.ts";
import { planEvening } from "./plan.ts";
import { startServer } from "./server.ts";

/** One evening of those that `npm run chaos` plays for minutes, always the same, of channels that are carried either way. */
const plan = planEvening(20, {
  mode: "both",
  kinds: ["answers-lost", "process-killed", "webhooks-lost", "postgres-restarted"],
});

test(
  "in an evening, whatever is killed, cut off or lost, every host is on the air again, once, and nobody else",
  { timeout: 180_000 },
  async ({ signal }) => {
    const closers = createClosers();
    try {
      const server = await startServer(closers);
      const played = await playEvening(server, plan, { withFaults: true, signal });
      expect(played.problems, describeProblems(played)).toEqual([]);
    } finally {
      await closers.closeAll();
    }
  },
);
