import type { Response } from "supertest";
import { afterEach, beforeAll, describe, expect, it } from "vitest";

import { createConsoleSessions } from "../../src/api/auth/console-sessions.ts";
import { createKey, revokeKey } from "../../src/keys/index.ts";
import { apiKey, appCertificate, expectProblem, type Service, startService, useService } from "./service.ts";

const started = useService();
let service: Service;
beforeAll(() => {
  service = started();
});

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function startOther(overrides: Parameters<typeof startService>[1]): Promise<Service> {
  const other = await startService(service.database, overrides);
  closers.push(other.close);
  return other;
}

const ours = { "sec-fetch-site": "same-origin" };

const signIn = (key: unknown, headers: Record<string, string> = ours, at = service) =>
  at.anonymous.post("/console/session").set(headers).send({ key });

function setCookieOf({ headers }: Response): string {
  const [cookie, ...others] = headers["set-cookie"] as unknown as string[];
  expect(others).toEqual([]);
  return cookie ?? "";
}

/** The cookie of a browser that is signed in, as it sends it. */
async function cookieFor(key = apiKey, at = service): Promise<string> {
  const response = await signIn(key, ours, at).expect(200);
  return setCookieOf(response).split(";")[0] ?? "";
}

const get = (path: string, headers: Record<string, string>, at = service) => at.anonymous.get(path).set(headers);

describe("POST /console/session", () => {
  it("gives a cookie that no script and no other site has, for 12 hours, in place of a key", async () => {
    const before = Date.now();
    const response = await signIn(apiKey).expect(200);
    const { name, scope, expiresAt } = response.body as { name: string; scope: string; expiresAt: string };
    expect({ name, scope }).toEqual({ name: "operator", scope: "admin" });
    expect(Date.parse(expiresAt) - before).toBeGreaterThan(12 * 3_600_000 - 2_000);
    expect(setCookieOf(response)).toMatch(
      /^tally_session=[\w-]+\.[\w-]+\.[\w-]+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
    );
    expect(setCookieOf(response)).not.toContain(apiKey);
    expect(response.headers["cache-control"]).toBe("no-store");
  });

  it("has it sent over https only where the service is reached so", async () => {
    const secure = await startOther({ publicUrl: "https://tally.example" });
    expect(setCookieOf(await signIn(apiKey, ours, secure))).toMatch(/; Secure$/);
  });

  it("takes a key of the database, and whatever characters the operators' has", async () => {
    const { text, row } = await createKey(service.database, { name: "night shift", scope: "read" });
    expect((await signIn(text)).body).toMatchObject({ name: `night shift (${row.prefix})`, scope: "read" });
    const other = await startOther({ apiKey: "schlüssel-鍵" });
    expect((await signIn("schlüssel-鍵", ours, other)).status).toBe(200);
  });

  it("refuses what is no key, and counts it like anywhere else", async () => {
    const other = await startOther({ failedKeysMost: 3 });
    const minted = await other.call("put", "/v1/channels/shop").expect(201);
    expect(minted.body).toMatchObject({ name: "shop" });
    const token = await other.call("post", "/v1/channels/shop/status-token").expect(200);
    for (const key of ["wrong", (token.body as { token: string }).token, `${apiKey} `]) {
      const response = await signIn(key, ours, other);
      expectProblem(response, 401, "unauthenticated");
      expect(response.headers["set-cookie"]).toBeUndefined();
    }
    const limited = await signIn("wrong", ours, other);
    expectProblem(limited, 429, "too_many_failures");
    expect(Number(limited.headers["retry-after"])).toBeGreaterThan(0);
    expect((await signIn(apiKey, ours, other)).status).toBe(200);
  });

  it.each([[{}], [{ key: 5 }], [{ key: "" }], [{ key: "k", more: 1 }], [[]]])("refuses %j", async (body) => {
    const response = await service.anonymous.post("/console/session").set(ours).send(body);
    expectProblem(response, 400, "invalid_request");
  });

  it("signs nobody in for another page", async () => {
    const { headers } = await service.anonymous
      .post("/console/session")
      .set({ "sec-fetch-site": "cross-site" })
      .type("form")
      .send(`key=${apiKey}`)
      .expect(415);
    expect(headers["set-cookie"]).toBeUndefined();
    for (const from of [{}, { "sec-fetch-site": "cross-site" }, { "sec-fetch-site": "same-site" }]) {
      const response = await signIn(apiKey, from);
      expectProblem(response, 403, "forbidden");
      expect(response.headers["set-cookie"]).toBeUndefined();
    }
    expect((await signIn(apiKey, { "x-tally-console": "1" })).status).toBe(200);
  });
});

describe("GET /console/session", () => {
  it("says who is signed in, and until when", async () => {
    const cookie = await cookieFor();
    const response = await get("/console/session", { ...ours, cookie: `other=1; ${cookie}; more=2` });
    expect(response.body).toEqual({
      name: "operator",
      scope: "admin",
      expiresAt: expect.stringMatching(/^\d{4}-/) as string,
    });
  });

  it("is 401 for nobody, and neither a key nor a token makes somebody of them", async () => {
    expectProblem(await get("/console/session", ours), 401, "unauthenticated");
    const authorization = `Bearer ${apiKey}`;
    expectProblem(await get("/console/session", { ...ours, authorization }), 401, "unauthenticated");
  });
});

describe("DELETE /console/session", () => {
  it("has the browser forget it, for a page of ours", async () => {
    const response = await service.anonymous.delete("/console/session").set(ours).expect(204);
    expect(setCookieOf(response)).toMatch(/^tally_session=; Path=\/; Expires=Thu, 01 Jan 1970 00:00:00 GMT;/);
    expectProblem(await service.anonymous.delete("/console/session"), 403, "forbidden");
  });

  it("other methods there are none", async () => {
    const response = await service.anonymous.put("/console/session");
    expectProblem(response, 405, "method_not_allowed");
    expect(response.headers.allow).toBe("GET, HEAD, POST, DELETE");
  });
});

describe("a cookie at /v1", () => {
  it("is as good as the key it was signed in with, in requests of our page", async () => {
    const { text } = await createKey(service.database, { name: "reader", scope: "read" });
    const cookie = await cookieFor(text);
    expect((await get("/v1/events", { ...ours, cookie })).status).toBe(200);
    expect((await get("/v1/events", { "x-tally-console": "1", cookie })).status).toBe(200);
    const start = service.anonymous.post("/v1/channels/shop/recording/start").set({ ...ours, cookie });
    expectProblem(await start, 403, "forbidden");
  });

  const attempts: [string, Record<string, string>][] = [
    ["a form of another site", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }],
    ["a page of a sibling domain", { "sec-fetch-site": "same-site", origin: "https://shop.tally.example" }],
    ["an address that was typed or bookmarked", { "sec-fetch-site": "none" }],
    ["an old browser's form", { origin: "https://evil.example" }],
    ["a script of another site that claims to be ours", { "sec-fetch-site": "cross-site", "x-tally-console": "1" }],
    ["another value of the header", { "x-tally-console": "true" }],
  ];
  it.each(attempts)("is nothing for %s", async (_who, headers) => {
    const cookie = await cookieFor();
    const before = await service.countEvents();
    const stop = service.anonymous.post("/v1/channels/shop/recording/stop").set({ ...headers, cookie });
    expectProblem(await stop, 401, "unauthenticated");
    expectProblem(await get("/v1/events", { ...headers, cookie }), 401, "unauthenticated");
    expect(await service.countEvents()).toBe(before);
  });

  it("lets no script of an allowed origin set the header that stands for our page", async () => {
    const open = await startOther({ corsOrigins: ["https://shop.example"] });
    const { headers } = await open.anonymous.options("/v1/channels/shop/recording/stop").set({
      origin: "https://shop.example",
      "access-control-request-method": "POST",
      "access-control-request-headers": "x-tally-console",
    });
    expect(headers["access-control-allow-headers"]?.toLowerCase()).not.toContain("x-tally-console");
  });

  it("doesn't stand in for a bearer that is refused, nor for a token in the address", async () => {
    const cookie = await cookieFor();
    const wrong = await get("/v1/events", { ...ours, cookie, authorization: "Bearer wrong" });
    expectProblem(wrong, 401, "unauthenticated");
    expectProblem(await get("/v1/events?token=wrong", { ...ours, cookie }), 401, "unauthenticated");
  });

  it("is not taken by tRPC", async () => {
    const cookie = await cookieFor();
    expect((await get("/trpc/recording.listActive", { ...ours, cookie })).status).toBe(401);
  });

  it("ends with the request after its key was revoked", async () => {
    const { text, row } = await createKey(service.database, { name: "leaver", scope: "admin" });
    const cookie = await cookieFor(text);
    expect((await get("/v1/events", { ...ours, cookie })).status).toBe(200);
    await revokeKey(service.database, row.id);
    expectProblem(await get("/v1/events", { ...ours, cookie }), 401, "unauthenticated");
    expectProblem(await get("/console/session", { ...ours, cookie }), 401, "unauthenticated");
  });

  it("ends when the operators' key is changed; those of other keys go on", async () => {
    const { text } = await createKey(service.database, { name: "stays", scope: "read" });
    const [operators, others] = [await cookieFor(), await cookieFor(text)];
    const changed = await startOther({ apiKey: "another-key" });
    expectProblem(await get("/v1/events", { ...ours, cookie: operators }, changed), 401, "unauthenticated");
    expect((await get("/v1/events", { ...ours, cookie: others }, changed)).status).toBe(200);
  });

  it("is nobody's if it was signed by anything else, or is another kind of token", async () => {
    const minted = await service.call("put", "/v1/channels/shop");
    expect(minted.status).toBeLessThan(300);
    const status = await service.call("post", "/v1/channels/shop/status-token").expect(200);
    const forged = await createConsoleSessions({ appCertificate: "another", apiKey }).sign("operator");
    // Signed as a key's, for somebody who is none.
    const unknown = await createConsoleSessions({ appCertificate, apiKey }).sign({ key: "operator" });
    for (const token of [(status.body as { token: string }).token, forged.token, unknown.token, "x", "e30.e30."]) {
      const cookie = `tally_session=${token}`;
      expectProblem(await get("/v1/events", { ...ours, cookie }), 401, "unauthenticated");
    }
    const cookie = await cookieFor();
    const session = cookie.split("=")[1];
    expectProblem(await get("/v1/events", { authorization: `Bearer ${session}` }), 401, "unauthenticated");
  });
});
