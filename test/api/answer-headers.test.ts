import { expect, it } from "vitest";

import { useService } from "./service.ts";

const started = useService();

const everywhere = [
  ["/webhooks/agora", 401],
  ["/webhooks/cloudflare/live", 401],
  ["/webhooks/cloudflare/video", 401],
  ["/v1/channels", 401],
  ["/v1/nothing", 401],
  ["/stage/token", 403],
  ["/nothing", 404],
] as const;

it.each(everywhere)("%s lets no other site read its answers: no Access-Control-Allow-* header", async (path) => {
  const { anonymous, call } = started();
  const origin = { origin: "https://shop.example.com" };
  const preflight = { ...origin, "access-control-request-method": "POST", "access-control-request-headers": "x" };
  for (const response of [
    await anonymous.options(path).set(preflight),
    await anonymous.post(path).set(origin),
    await anonymous.get(path).set(origin),
    await call("options", path).set(preflight),
    await call("get", path).set(origin),
  ]) {
    expect(Object.keys(response.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    expect([401, 404, 403, 405, 200]).toContain(response.status);
  }
});

it.each([...everywhere.map(([path]) => path), "/healthz", "/readyz"])(
  "%s is never taken for another content type than it says",
  async (path) => {
    for (const response of [await started().call("get", path), await started().anonymous.post(path)]) {
      expect(response.headers["x-content-type-options"]).toBe("nosniff");
    }
  },
);

it.each(["/v1/channels", "/v1/nothing", "/stage/token", "/healthz"])(
  "%s says that nobody may keep it",
  async (path) => {
    expect((await started().call("get", path)).headers["cache-control"]).toBe("no-store");
  },
);

it.each(["/stage/token", "/stage/%ff", "/stage"])("%s may load, frame and pass on nothing", async (path) => {
  const { headers } = await started().anonymous.get(path);
  expect(headers).toMatchObject({
    "content-security-policy": "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
  });
});

it("an API's answer has no headers of pages", async () => {
  const { headers } = await started().call("get", "/v1/channels");
  expect(Object.keys(headers).sort()).toEqual([
    "cache-control",
    "connection",
    "content-length",
    "content-type",
    "date",
    "x-content-type-options",
    "x-request-id",
  ]);
});

it("a flood of probes doesn't ask the database for each", async () => {
  let asked = 0;
  const { knex } = started().database;
  const counting = () => asked++;
  knex.on("query", counting);
  const answers = await Promise.all(Array.from({ length: 20 }, () => started().anonymous.get("/readyz")));
  knex.off("query", counting);
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  // Two questions each, if none had shared another's; how many meet is the machine's affair.
  expect(asked).toBeLessThan(40);
});
