import { expect, test } from "vitest";

import { createClosers } from "../../src/closers.ts";
import { describeProblems } from "./describe-problems.ts";
import { playEvening } from "./evening.ts";
import { planEvening } from "./plan.ts";
import { startServer } from "./server.ts";

/** One evening of those that `npm run chaos` plays for minutes, always the same. */
const plan = planEvening(20, [
  "answers-lost",
  "process-killed",
  "backends-terminated",
  "webhooks-lost",
  "postgres-restarted",
]);

test("whatever is killed, cut off or lost in an evening, every host is on the air again, once, and nobody else", async ({
  signal,
}) => {
  const closers = createClosers();
  try {
    const server = await startServer(closers);
    const played = await playEvening(server, plan, { withFaults: true, signal });
    expect(played.problems, describeProblems(played)).toEqual([]);
  } finally {
    await closers.closeAll();
  }
}, 180_000);
