import { expect, it } from "vitest";

import { describeUnheeded, type Unheeded } from "../../src/operators/index.ts";

const one: Unheeded = {
  count: 1,
  eventId: 160,
  status: "ignored",
  description: "audience became host",
  note: "role change: a join says more",
  receivedAt: "2026-03-01T18:00:00.000Z",
};

it("says what became of a notice, why, and which it is; of several so of the newest", () => {
  expect(describeUnheeded(one)).toBe(
    "1 notice ignored: audience became host, role change: a join says more (event 160)",
  );
  expect(describeUnheeded({ ...one, count: 3, status: "failed", note: null })).toBe(
    "3 notices without effect, the newest failed: audience became host (event 160)",
  );
});
