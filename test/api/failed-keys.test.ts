import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";

import { createFailedKeys } from "../../src/api/failed-keys.ts";
import { logLines } from "../support/log-lines.ts";
import { expectProblem, type Service, startService, useService } from "./service.ts";

afterEach(() => void vi.useRealTimers());

const started = useService({ failedKeysMost: 3 });
const services: Service[] = [];
afterEach(async () => {
  for (const service of services.splice(0)) await service.close();
});

/** A service that nobody has failed at yet. */
async function serve(overrides: Parameters<typeof startService>[1] = {}): Promise<Service> {
  const service = await startService(started().database, { failedKeysMost: 3, ...overrides });
  services.push(service);
  return service;
}

const wrong = (service: Service, address = "203.0.113.7") =>
  service.anonymous.get("/v1/channels").set("authorization", "Bearer wrong").set("x-forwarded-for", address);

describe("wrong keys", () => {
  it("are a 429 problem with Retry-After once there are too many, and one line in the log says so", async () => {
    const service = await serve();
    for (let i = 0; i < 3; i++) expectProblem(await wrong(service), 401, "unauthenticated");
    for (let i = 0; i < 2; i++) {
      const response = await wrong(service);
      expectProblem(response, 429, "too_many_failures");
      expect(Number(response.headers["retry-after"])).toBeGreaterThanOrEqual(1);
      expect(Number(response.headers["retry-after"])).toBeLessThanOrEqual(60);
    }
    const lines = service.lines.filter(({ msg }) => msg === "api.too_many_failures");
    expect(lines).toEqual([
      expect.objectContaining({ level: "warn", address: expect.stringContaining("127.0.0.1") as string }),
    ]);
  });

  it("lock nobody out who has the right one", async () => {
    const service = await serve();
    for (let i = 0; i < 5; i++) await wrong(service);
    await service.call("get", "/v1/channels").expect(200);
    expectProblem(await wrong(service), 429, "too_many_failures");
  });

  it("don't include requests without any key, right ones, webhooks and probes", async () => {
    const service = await serve();
    for (let i = 0; i < 5; i++) {
      expectProblem(await service.anonymous.get("/v1/channels"), 401, "unauthenticated");
      await service.call("get", "/v1/channels").expect(200);
      await service.anonymous.post("/webhooks/agora").set("authorization", "Bearer wrong").expect(401);
      await service.anonymous.get("/healthz").set("authorization", "Bearer wrong").expect(200);
    }
    expectProblem(await wrong(service), 401, "unauthenticated");
  });

  it("count for the client's address as the trusted proxy gives it, whatever the client says before it", async () => {
    const service = await serve({ trustProxy: 1 });
    for (let i = 0; i < 4; i++) await wrong(service, `198.51.100.${i}, 203.0.113.7`);
    expectProblem(await wrong(service, "203.0.113.7"), 429, "too_many_failures");
    expectProblem(await wrong(service, "203.0.113.8"), 401, "unauthenticated");
  });

  it("count for the connection's address where no proxy is trusted", async () => {
    const service = await serve();
    for (let i = 0; i < 4; i++) await wrong(service, `203.0.113.${i}`);
    expectProblem(await wrong(service, "203.0.113.200"), 429, "too_many_failures");
  });
});

describe("the count of wrong keys", () => {
  it("begins anew after a minute", async () => {
    vi.useFakeTimers();
    const failedKeys = createFailedKeys({ most: 1, log: logLines().log });
    expect(await failedKeys.count("203.0.113.7")).toBe(0);
    expect(await failedKeys.count("203.0.113.7")).toBe(60);
    vi.advanceTimersByTime(59_500);
    expect(await failedKeys.count("203.0.113.7")).toBe(1);
    vi.advanceTimersByTime(500);
    expect(await failedKeys.count("203.0.113.7")).toBe(0);
  });

  it("is one for an IPv6 network of 64 bits, which is one client's, and one for each IPv4 address", async () => {
    const failedKeys = createFailedKeys({ most: 1, log: logLines().log });
    const networks = [
      ["2001:db8:0:7::1", "2001:db8:0:7:1:2:3:4", "2001:db8:0:7:ffff::"],
      ["2001:db8::1", "2001:db8:0:0:1::", "2001:db8::ffff:1:2"],
      ["::ffff:203.0.113.7", "::ffff:203.0.113.7"],
      ["::ffff:203.0.113.8"],
    ];
    for (const [first, ...others] of networks) {
      expect(await failedKeys.count(first)).toBe(0);
      for (const other of others) expect(await failedKeys.count(other), other).toBeGreaterThan(0);
    }
  });

  it("takes bounded memory, however many addresses there are", async () => {
    const timers = vi.spyOn(globalThis, "setTimeout");
    onTestFinished(() => timers.mockRestore());
    const failedKeys = createFailedKeys({ log: logLines().log });
    for (let i = 0; i < 20_000; i++) await failedKeys.count(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
    // Each counter in use has one timer, which ends it.
    expect(timers.mock.calls.length).toBeGreaterThan(0);
    expect(timers.mock.calls.length).toBeLessThanOrEqual(8_192);
  });
});

it("takes a key outside ASCII, of which Node reads the bytes as Latin-1", async () => {
  const service = await serve({ apiKey: "schlüssel-à" });
  const authorization = `Bearer ${Buffer.from("schlüssel-à", "utf8").toString("latin1")}`;
  const response = await fetch(`${service.url}/v1/channels`, { headers: { authorization } });
  expect(response.status).toBe(200);
});
