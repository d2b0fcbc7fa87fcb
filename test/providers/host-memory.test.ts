import { expect, it } from "vitest";

import { createHostMemory } from "../../src/providers/host-memory.ts";

it("keeps one failure a host for a minute, or until the host answers", () => {
  let now = 0;
  const memory = createHostMemory(() => now);
  memory.failed({ url: "a", how: "dns" });
  memory.failed({ url: "a", how: "network" });
  memory.failed({ url: "b", how: "dns" });
  expect(memory.failures()).toEqual([
    { url: "a", how: "network" },
    { url: "b", how: "dns" },
  ]);
  memory.answered("b");
  now = 59_999;
  expect(memory.failures()).toEqual([{ url: "a", how: "network" }]);
  now = 60_000;
  expect(memory.failures()).toEqual([]);
});
