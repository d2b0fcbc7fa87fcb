import { defineConfig } from "vitest/config";

import { LongestFirst } from "./test/support/longest-first.ts";

// What needs no database runs without starting one: `npx vitest run --project core`.
const withoutDatabase = [
  "client",
  "docs",
  "live",
  "simulation",
  "redaction",
  "webhooks",
  "providers",
  "sandbox",
  "playback",
  "timeline",
  "setup",
  "doctor",
  "traces",
].map((part) => `test/${part}/**/*.test.ts`);

// What replaces modules needs a worker of its own.
const replacing = ["test/engine/decide-all.test.ts", "test/webhooks/refusals.test.ts"];

export default defineConfig({
  test: {
    // For two cores: the longest tests wait for processes to end and for leases to run out, and leave a core free.
    maxWorkers: 3,
    // Processes at once in a file whose tests wait for leases.
    maxConcurrency: 6,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "core",
          include: [...withoutDatabase, "test/*.test.ts"],
          exclude: replacing,
          testTimeout: 60_000,
          // Importing takes longer than the tests of most files: a worker does it once.
          isolate: false,
        },
      },
      { test: { name: "replaced", include: replacing, testTimeout: 60_000 } },
      {
        test: {
          name: "service",
          include: ["test/**/*.test.ts"],
          exclude: [...withoutDatabase, ...replacing, "test/*.test.ts"],
          globalSetup: ["test/support/global-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          isolate: false,
        },
      },
    ],
  },
});
