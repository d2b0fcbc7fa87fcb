import type { JobHelpers } from "graphile-worker";
import { expect, it } from "vitest";

import { createJobs, type Tries } from "../../src/engine/jobs.ts";
import { createRedactor } from "../../src/redaction/index.ts";
import { createTestDatabase } from "../support/database.ts";

it("a job is told what follows if it throws: after which wait it is tried again, and that nobody will", async () => {
  const { knex, schema, drop } = await createTestDatabase();
  const lease = { begun: () => Promise.resolve(), signal: new AbortController().signal };
  const told: Tries[] = [];
  const jobs = createJobs({ knex, schema, lease, redactor: createRedactor() });
  const task = jobs.task("effectId", (_id, tries) => Promise.resolve(void told.push(tries)));
  for (const attempts of [1, 2, 6]) {
    await task({ effectId: 1 }, { job: { id: "1", attempts, max_attempts: 6 } } as JobHelpers);
  }
  await drop();
  // As in the job library's SQL: e^n seconds.
  expect(told).toEqual([
    { isLast: false, nextInMs: 2718 },
    { isLast: false, nextInMs: 7389 },
    { isLast: true, nextInMs: expect.any(Number) as number },
  ]);
});
