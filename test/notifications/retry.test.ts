import { describe, expect, it } from "vitest";

import { retryDelayMs } from "../../src/notifications/retry.ts";
import { createVault, newSecret } from "../../src/notifications/vault.ts";

const hourMs = 3_600_000;

describe("the wait before the next attempt", () => {
  it("grows from seconds to hours, and a day after the first one nothing is tried any more", () => {
    const waits: number[] = [];
    let forMs = 0;
    for (let attempts = 1; ; attempts += 1) {
      const delay = retryDelayMs({ attempts, forMs, retryAfterMs: null }, 0);
      if (delay === null) break;
      waits.push(delay / 1000);
      forMs += delay;
    }
    expect(waits).toEqual([5, 30, 120, 600, 1800, 3600, 7200, 14400, 14400, 14400, 14400, 14400]);
    expect(forMs).toBeLessThanOrEqual(24 * hourMs);
  });

  it("is up to a fifth longer, by chance", () => {
    const wait = (random: number) => retryDelayMs({ attempts: 1, forMs: 0, retryAfterMs: null }, random);
    expect([wait(0), wait(0.5), wait(1)]).toEqual([5_000, 5_500, 6_000]);
  });

  it("is as long as the receiver asks for, if that is longer", () => {
    const wait = (retryAfterMs: number) => retryDelayMs({ attempts: 2, forMs: 0, retryAfterMs }, 0);
    expect([wait(1_000), wait(45_000)]).toEqual([30_000, 45_000]);
  });
});

describe("a sealed secret", () => {
  const vault = createVault("8e7d6c5b4a39281706f5e4d3c2b1a090");

  it("is opened by the same certificate for the same endpoint, and is another text each time", () => {
    const secret = newSecret();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const sealed = vault.seal("ep_1", secret);
    expect(sealed).not.toContain(secret);
    expect(vault.seal("ep_1", secret)).not.toBe(sealed);
    expect(vault.open("ep_1", sealed)).toBe(secret);
  });

  it("is opened by no other, for no other, and not if it was changed", () => {
    const sealed = vault.seal("ep_1", "whsec_c2VjcmV0");
    expect(createVault("another").open("ep_1", sealed)).toBeNull();
    expect(vault.open("ep_2", sealed)).toBeNull();
    expect(vault.open("ep_1", `${sealed.slice(0, -3)}AAA`)).toBeNull();
    for (const broken of ["", "v1.", "v2.AAAA", "v1.AAAA"]) expect(vault.open("ep_1", broken)).toBeNull();
  });
});
