import { expect, test } from "vitest";

import { createClosers } from "../../src/closers.ts";
import { describeProblems } from "./describe-problems.ts";
import { playEvening } from "./evening.ts";
import { planEvening } from "./plan.ts";
import { startServer } from "./server.ts";

/** Two evenings of those that `npm run chaos` plays for minutes, always the same. */
const plans = [
  planEvening(20, {
    mode: "cloud-recording",
    kinds: ["answers-lost", "backends-terminated", "webhooks-lost", "postgres-restarted"],
  }),
  planEvening(20, { mode: "media-push", kinds: ["answers-lost", "process-killed", "recorders-fail", "webhooks-lost"] }),
];

test.for(plans)(
  "in an evening by $mode, whatever is killed, cut off or lost, every host is on the air again, once, and nobody else",
  { timeout: 180_000 },
  async (plan, { signal }) => {
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
