import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { describedRoutes } from "../../src/api/openapi/router.ts";
import { operatorRoutes } from "../../src/api/operators/routes.ts";
import { createKey } from "../../src/keys/index.ts";
import { createTestDatabase } from "../support/database.ts";
import { type App, audience, issuer, startApp } from "./app-tokens.ts";
import { expectProblem, type Service, startService } from "./service.ts";

let app: App;
let service: Service;
beforeAll(async () => {
  app = await startApp("ES256");
  const jwt = { jwksUrl: app.jwksUrl, issuer, audience, userClaim: "sub", channelsClaim: "channels" };
  service = await startService(await createTestDatabase(), { jwt });
  await service.call("put", "/v1/channels/shop").send({ id: 5, hostUserId: "seller-5" }).expect(201);
});
afterAll(async () => {
  await service.close();
  await service.database.drop();
  await app.close();
});

const routes = operatorRoutes.map(({ method, path, scope }) => ({
  method: method as "get" | "post",
  path: `/v1${path.replace("{name}", "shop").replace("{id}", "1")}`,
  scope,
}));
const as = (credential: string, { method, path }: (typeof routes)[number]) =>
  service.anonymous[method](path).set("authorization", `Bearer ${credential}`);

describe.each(routes)("$method $path", (route) => {
  it("is for keys: neither for a status token nor for a seller, and for nobody without any", async () => {
    const minted = await service.call("post", "/v1/channels/shop/status-token").expect(200);
    const { token } = minted.body as { token: string };
    expectProblem(await as(token, route), 403, "forbidden");
    expectProblem(await as(await app.jwt({ sub: "seller-5" }), route), 403, "forbidden");
    expectProblem(await service.anonymous[route.method](route.path), 401, "unauthenticated");
    expectProblem(await service.anonymous[route.method](`${route.path}?token=${token}`), 403, "forbidden");
  });
});

describe.each(routes.filter(({ scope }) => scope === "operate"))("$method $path", (route) => {
  it("needs a key that may operate", async () => {
    const { text } = await createKey(service.database, { name: "reader", scope: "read" });
    expectProblem(await as(text, route), 403, "forbidden");
  });
});

it("all of them are described, and change nothing unless they need more than to read", () => {
  for (const { method, path, scope } of operatorRoutes) {
    expect(describedRoutes).toContainEqual(expect.objectContaining({ method, path: `/v1${path}` }));
    const isReading = method === "get" || path.endsWith("/plan");
    expect({ path, scope }).toEqual({ path, scope: isReading ? "read" : "operate" });
  }
});
