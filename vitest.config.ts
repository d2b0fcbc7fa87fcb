import { defineConfig } from "vitest/config";

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
].map((part) => `test/${part}/**/*.test.ts`);

export default defineConfig({
  test: {
    // For two cores: the longest tests wait for processes to end and for leases to run out, and leave a core free.
    maxWorkers: 3,
    projects: [
      { test: { name: "core", include: [...withoutDatabase, "test/*.test.ts"], testTimeout: 30_000 } },
      {
        test: {
          name: "service",
          include: ["test/**/*.test.ts"],
          exclude: [...withoutDatabase, "test/*.test.ts"],
          globalSetup: ["test/support/global-setup.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
