import { EventEmitter, once } from "node:events";

import { describe, expect, it, onTestFinished } from "vitest";

import { keepAllowList } from "../src/allow-list.ts";
import type { NotificationSendersResult } from "../src/providers/index.ts";
import { createAgoraSenders } from "../src/webhooks/index.ts";
import { logLines } from "./support/log-lines.ts";

describe("Agora's senders", () => {
  it("are everybody until Agora has named them", () => {
    const senders = createAgoraSenders();
    for (const address of ["203.0.113.7", "::1", "nonsense", undefined]) expect(senders.include(address)).toBe(true);
  });

  it("are then those that it named, however an address is written", () => {
    const senders = createAgoraSenders();
    expect(senders.replace(["203.0.113.7", "2001:db8::7", "::ffff:203.0.113.8"])).toBe(3);
    for (const address of ["203.0.113.7", "::ffff:203.0.113.7", "::ffff:cb00:7107", "203.0.113.8", "2001:DB8:0:0::7"]) {
      expect(senders.include(address), address).toBe(true);
    }
    for (const address of ["203.0.113.9", "::ffff:203.0.113.9", "::203.0.113.7", "2001:db8::8", "203.0.113.7:80"]) {
      expect(senders.include(address), address).toBe(false);
    }
    for (const address of ["", "unknown", "203.0.113.7, 203.0.113.7", "fe80::1%eth0", undefined]) {
      expect(senders.include(address), address).toBe(false);
    }
  });

  it("are replaced as a whole, and by a list without addresses not at all", () => {
    const senders = createAgoraSenders();
    senders.replace(["203.0.113.7"]);
    expect(senders.replace(["xxx.xxx.xxx.xxx", "fe80::1%eth0"])).toBe(0);
    expect(senders.include("203.0.113.7")).toBe(true);
    expect(senders.replace(["soon", "203.0.113.8"])).toBe(1);
    expect(senders.include("203.0.113.7")).toBe(false);
    expect(senders.include("203.0.113.8")).toBe(true);
  });
});

const refused: NotificationSendersResult = {
  ok: false,
  retryAfterMs: null,
  error: { provider: "agora", operation: "ncs_ip", status: 500, code: null, message: "x" },
};
const named = (...addresses: string[]): NotificationSendersResult => ({ ok: true, addresses });

/** Keeps a list that is answered so, one after the other. */
function keep(...answers: (NotificationSendersResult | Error)[]) {
  const { log, lines } = logLines();
  const senders = createAgoraSenders();
  const slept: number[] = [];
  const asleep = new EventEmitter();
  let asked = 0;
  const allowList = keepAllowList({
    senders,
    log,
    list() {
      const answer = answers[asked++] ?? refused;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    async sleep(ms, signal) {
      slept.push(ms);
      asleep.emit("sleep");
      await once(asleep, "wake", { signal }).catch(() => undefined);
    },
  });
  onTestFinished(() => allowList.stop());

  /** Resolves when there is nothing to do but to wait. */
  async function sleeping(times: number): Promise<void> {
    while (slept.length < times) await once(asleep, "sleep");
  }

  return {
    senders,
    lines,
    slept,
    asked: () => asked,
    allowList,
    sleeping,
    next: async () => {
      await sleeping(1);
      const before = slept.length;
      asleep.emit("wake");
      await sleeping(before + 1);
    },
  };
}

describe("the allow-list", () => {
  it("is asked for at the start, which the log says is open until then", async () => {
    const { senders, lines, sleeping } = keep(named("203.0.113.7"));
    expect(lines).toEqual([
      expect.objectContaining({ level: "warn", msg: expect.stringContaining("taken from any") as string }),
    ]);
    await sleeping(1);
    expect(lines.at(-1)).toMatchObject({ level: "info", msg: "webhooks.allow_list_refreshed", addresses: 1 });
    expect(senders.include("203.0.113.7")).toBe(true);
    expect(senders.include("203.0.113.8")).toBe(false);
  });

  it("is asked for again within a day", async () => {
    const { senders, slept, next } = keep(named("203.0.113.7"), named("203.0.113.8"));
    await next();
    for (const ms of slept) expect(ms).toBeLessThanOrEqual(24 * 3_600_000);
    expect(senders.include("203.0.113.7")).toBe(false);
    expect(senders.include("203.0.113.8")).toBe(true);
  });

  it("stays as it was when Agora can't be asked, and is asked for again, ever more slowly", async () => {
    const noLease = new Error("no lease");
    const { senders, slept, next, lines } = keep(named("203.0.113.7"), refused, noLease, named("soon"), named("::1"));
    for (let failures = 1; failures <= 3; failures++) {
      await next();
      expect(lines.at(-1)).toMatchObject({ level: "warn", msg: "webhooks.allow_list_not_refreshed", failures });
      expect(senders.include("203.0.113.7")).toBe(true);
      expect(senders.include("203.0.113.8")).toBe(false);
    }
    await next();
    expect(senders.include("::1")).toBe(true);
    expect(senders.include("203.0.113.7")).toBe(false);
    const halfADay = 12 * 3_600_000;
    expect(slept).toEqual([halfADay, 1_000, 2_000, 4_000, halfADay]);
  });

  it("is asked for every ten minutes at the least while it isn't known, and nobody is refused", async () => {
    const { slept, senders, next } = keep();
    for (let i = 0; i < 15; i++) await next();
    expect(Math.max(...slept)).toBe(600_000);
    expect(senders.include("203.0.113.7")).toBe(true);
  });

  it("isn't asked for any more once it is stopped", async () => {
    const { asked, allowList, sleeping } = keep(named("203.0.113.7"));
    await sleeping(1);
    await allowList.stop();
    expect(asked()).toBe(1);
  });
});
