import { describe, expect, it, onTestFinished } from "vitest";

import type { Hosts } from "../../src/providers/failover.ts";
import type { ProviderDeps, Slot, Slots } from "../../src/providers/index.ts";
import {
  createProviderCall,
  type Judge,
  type ProviderRequest,
  type Result,
} from "../../src/providers/provider-call.ts";
import { namedSlot, testDeps } from "./support/deps.ts";
import { inTurn, json, listen, refusingUrl, type Respond, silence, text } from "./support/http-server.ts";

const request: ProviderRequest = { operation: "query", method: "GET", path: ["v1", "x"] };

/** Longer than a label of a name may be: the resolver refuses it without asking anybody. */
const nowhere = `http://${"a".repeat(64)}.invalid`;
const elsewhere = `http://${"b".repeat(64)}.invalid`;

const ok = json(200, {});
const breakOff: Respond = (response) => response.destroy();
const hostOf = (url: string) => new URL(url).host;

type Told = Result & { status: number | null; earlierSent: boolean; sent: boolean | null };

/** Tells everything that it was told. */
const judge: Judge<Told> = (answer, errorOf, earlierSent) => {
  const status = answer.answered ? answer.status : null;
  const told = { status, earlierSent, sent: answer.answered ? null : answer.sent };
  if (status === 200) return { outcome: "done", result: { ok: true, ...told } };
  return { outcome: "retry", result: { ok: false, error: errorOf(null, "refused"), ...told } };
};

function provider(hosts: Hosts, given: Partial<ProviderDeps> = {}) {
  const deps = testDeps();
  // Short for those that are silent, and long enough for those that answer on a busy machine.
  const settings = { provider: "agora", hosts, headers: {}, secrets: [], timeoutMs: 500 } as const;
  const client = createProviderCall(settings, { ...deps, ...given });
  onTestFinished(() => client.close());
  return { call: () => client.call(request, {}, judge), client, deps };
}

describe("a host without an answer", () => {
  it.each([
    ["no address", () => Promise.resolve(nowhere), "dns", false, []],
    ["nobody there", refusingUrl, "refused", false, []],
    ["silence", async () => (await listen(silence)).url, "timeout", true, [1_000]],
    ["a connection that breaks", async () => (await listen(breakOff)).url, "broke off", true, [1_000]],
  ])("is followed by the next one: %s", async (_how, first, outcome, earlierSent, waits) => {
    const [dead, alive] = [await first(), await listen(ok)];
    const { call, deps } = provider([[dead], [alive.url]]);
    expect(await call()).toMatchObject({ ok: true, status: 200, earlierSent });
    expect(alive.received).toMatchObject([{ method: "GET", url: "/v1/x" }]);
    expect(deps.waits).toEqual(waits);
    const anyMs = expect.any(Number) as number;
    expect(deps.lines()).toMatchObject([
      {
        msg: "provider.called",
        level: "info",
        status: 200,
        host: hostOf(alive.url),
        attempts: [
          { host: hostOf(dead), ms: anyMs, outcome },
          { host: hostOf(alive.url), ms: anyMs, outcome: 200 },
        ],
      },
    ]);
  });

  it("is followed by the same place's other domain if the name has no address", async () => {
    const [other, adjacent] = [await listen(ok), await listen(ok)];
    await provider([[nowhere, other.url], [adjacent.url]]).call();
    expect([other.received.length, adjacent.received.length]).toEqual([1, 0]);
  });

  it("is followed by the adjacent place if it is silent: its other domain leads to the same", async () => {
    const [silent, other, adjacent] = [await listen(silence), await listen(ok), await listen(ok)];
    await provider([[silent.url, other.url], [adjacent.url]]).call();
    expect([silent.received.length, other.received.length, adjacent.received.length]).toEqual([1, 0, 1]);
  });

  it("is an unanswered call if there is no other", async () => {
    const { call, deps } = provider([[nowhere]]);
    expect(await call()).toMatchObject({ ok: false, status: null, sent: false, earlierSent: false });
    expect(deps.lines()).toMatchObject([{ status: null, host: hostOf(nowhere) }]);
    expect(deps.lines()[0]).not.toHaveProperty("attempts");
  });
});

describe("all hosts without an answer", () => {
  it("are three attempts at most, and an unanswered call", async () => {
    const [silent, broken, fourth] = [await listen(silence), await listen(breakOff), await listen(ok)];
    const { call, deps } = provider([[silent.url], [broken.url], [nowhere], [fourth.url]]);
    expect(await call()).toMatchObject({ ok: false, status: null, sent: false, earlierSent: true });
    expect(fourth.received).toEqual([]);
    expect(deps.waits).toEqual([1_000, 3_000]);
    expect(deps.lines()).toMatchObject([
      { level: "warn", status: null, attempts: [{ outcome: "timeout" }, { outcome: "broke off" }, { outcome: "dns" }] },
    ]);
  });

  it("remember it: the next calls try the first one only, until one answers", async () => {
    const first = await listen(inTurn(breakOff, breakOff, ok));
    const second = await listen(breakOff);
    const { call } = provider([[first.url], [second.url]]);
    await call();
    await call();
    expect([first.received.length, second.received.length]).toEqual([2, 1]);
    expect(await call()).toMatchObject({ ok: true });
    expect([first.received.length, second.received.length]).toEqual([3, 1]);
  });
});

describe("an answer", () => {
  it.each([429, 500, 503, 504])("is an answer, whatever its status: %d", async (status) => {
    const [first, second] = [await listen(json(status, {})), await listen(ok)];
    const { call, deps } = provider([[first.url], [second.url]]);
    expect(await call()).toMatchObject({ ok: false, status });
    expect(second.received).toEqual([]);
    expect(deps.lines()).toHaveLength(1);
  });

  it("clears the host that another call found silent meanwhile", async () => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let turn = 0;
    const first = await listen((response, received) => {
      turn += 1;
      if (turn === 1) breakOff(response, received);
      else void released.then(() => ok(response, received));
    });
    const second = await listen(ok);
    const { call } = provider([[first.url], [second.url]]);
    const both = [call(), call()];
    await Promise.race(both);
    release();
    await Promise.all(both);
    await call();
    expect([first.received.length, second.received.length]).toEqual([3, 1]);
  });

  it("is an answer even if it is too long to read", async () => {
    const [first, second] = [await listen(text(200, "x".repeat(1024 * 1024 + 1))), await listen(ok)];
    expect(await provider([[first.url], [second.url]]).call()).toMatchObject({ ok: false, status: null, sent: true });
    expect(second.received).toEqual([]);
  });

  it("keeps the next calls at the host that gave it, for a minute", async () => {
    let now = Date.parse("2026-03-01T12:00:00Z");
    const [first, second] = [await listen(breakOff), await listen(ok)];
    const { call } = provider([[first.url], [second.url]], { now: () => now });
    await call();
    await call();
    now += 59_999;
    await call();
    expect([first.received.length, second.received.length]).toEqual([1, 3]);
    now += 1;
    await call();
    expect([first.received.length, second.received.length]).toEqual([2, 4]);
  });
});

describe("slots", () => {
  it("are taken for each attempt, and the lease is asked before it", async () => {
    const alive = await listen(ok);
    const { client, deps } = provider([[nowhere], [elsewhere], [alive.url]]);
    await client.call(request, { slot: namedSlot("mine", deps.happened) }, judge);
    expect(deps.happened).toEqual(["mine ready", "reserve agora 1", "slot 1 ready", "reserve agora 1", "slot 2 ready"]);
  });

  it.each([
    ["the lease is lost", { ready: () => Promise.reject(new Error("lease lost")) }],
    ["there is no slot", null],
  ])("end the attempts when %s, and what the first one taught is kept", async (_why, second: Slot | null) => {
    const [silent, next] = [await listen(silence), await listen(ok)];
    const given = testDeps();
    let reserved = 0;
    const slots: Slots = {
      ...given.slots,
      reserve: () => Promise.resolve((reserved += 1) === 1 ? [namedSlot("first", [])] : second ? [second] : []),
    };
    const { call, deps } = provider([[silent.url], [next.url]], { slots });
    expect(await call()).toMatchObject({ ok: false, status: null, sent: true, earlierSent: false });
    expect(next.received).toEqual([]);
    expect(deps.lines()).toMatchObject([
      { msg: "provider.failover_ended", level: "warn", provider: "agora", attempts: 1 },
      { msg: "provider.called", status: null, host: hostOf(silent.url) },
    ]);
  });
});

it("needs a URL", () => {
  expect(() => provider([])).toThrow("agora needs a URL");
});
