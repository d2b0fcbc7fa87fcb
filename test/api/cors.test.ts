import { describe, expect, it } from "vitest";

import { type Service, useService } from "./service.ts";

const shop = "https://shop.example.com";
const admin = "https://admin.example.com:8443";
const listed = useService({ corsOrigins: [shop, admin] });
const open = useService({ corsOrigins: ["*"] });

const preflightOf = (service: Service, path: string, origin: string, method = "GET") =>
  service.anonymous.options(path).set({
    origin,
    "access-control-request-method": method,
    "access-control-request-headers": "authorization, if-none-match",
  });
const corsHeaders = (headers: unknown) =>
  Object.entries(headers as Record<string, string>).filter(([name]) => name.startsWith("access-control"));
const listOf = (text: string | undefined) => (text ?? "").split(",").map((item) => item.trim());

describe("a page of an allowed origin", () => {
  it.each([shop, admin])("may read answers, with the headers that an app needs: %s", async (origin) => {
    const { headers, status } = await listed().call("get", "/v1/channels").set({ origin });
    expect(status).toBe(200);
    expect(headers["access-control-allow-origin"]).toBe(origin);
    expect(headers["access-control-allow-credentials"]).toBe("true");
    expect(listOf(headers["access-control-expose-headers"])).toEqual(["ETag", "Retry-After", "X-Request-Id"]);
    expect(headers.vary).toBe("Origin");
  });

  it.each(["/v1/channels", "/v1/channels/shop/status", "/v1/nothing", "/trpc/recording.status"])(
    "has its preflight answered without a key: %s",
    async (path) => {
      const { headers, status, text } = await preflightOf(listed(), path, shop, "PUT");
      expect([status, text]).toEqual([204, ""]);
      expect(headers["access-control-allow-origin"]).toBe(shop);
      expect(headers.vary).toBe("Origin");
      expect(listOf(headers["access-control-allow-methods"])).toEqual(["GET", "HEAD", "PUT", "POST"]);
      const allowed = listOf(headers["access-control-allow-headers"]?.toLowerCase());
      for (const name of [
        "authorization",
        "content-type",
        "if-none-match",
        "last-event-id",
        "traceparent",
        "trpc-accept",
      ]) {
        expect(allowed).toContain(name);
      }
    },
  );

  it("may read refusals too, also that of a wrong key and of a status that is known already", async () => {
    const service = listed();
    await service.call("put", "/v1/channels/shop").send({}).expect(201);
    const refused = await service.anonymous.get("/v1/channels").set({ origin: shop });
    const unknown = await service.call("get", "/v1/channels/nobody").set({ origin: shop });
    const known = await service.call("get", "/v1/channels/shop/status").set({ origin: shop, "if-none-match": "*" });
    expect([refused.status, unknown.status, known.status]).toEqual([401, 404, 304]);
    for (const { headers } of [refused, unknown, known]) expect(headers["access-control-allow-origin"]).toBe(shop);
  });
});

describe("any other page", () => {
  it.each([
    "https://evil.example.com",
    "http://shop.example.com",
    "https://shop.example.com:444",
    "https://shop.example.com.evil.example.com",
    "https://SHOP.example.com",
    "null",
    "*",
    "",
  ])("is told nothing that lets it read an answer, and no cache mixes the two up: %j", async (origin) => {
    const service = listed();
    for (const response of [
      await service.call("get", "/v1/channels").set({ origin }),
      await preflightOf(service, "/v1/channels", origin),
    ]) {
      expect(corsHeaders(response.headers)).toEqual([]);
      expect(response.headers.vary).toBe("Origin");
    }
  });

  it("makes no difference to whoever sends no origin", async () => {
    const { headers, status } = await listed().call("get", "/v1/channels");
    expect(status).toBe(200);
    expect(corsHeaders(headers)).toEqual([]);
    expect(headers.vary).toBe("Origin");
  });
});

describe("where every origin is allowed", () => {
  it("any page may read answers, without credentials of the browser's own", async () => {
    const { headers } = await open().call("get", "/v1/channels").set({ origin: "https://any.example.com" });
    expect(headers["access-control-allow-origin"]).toBe("*");
    expect(headers).not.toHaveProperty("access-control-allow-credentials");
    expect(headers.vary).toBeUndefined();
    const preflight = await preflightOf(open(), "/v1/channels", "https://any.example.com");
    expect(preflight.status).toBe(204);
    expect(preflight.headers["access-control-allow-origin"]).toBe("*");
    expect(preflight.headers).not.toHaveProperty("access-control-allow-credentials");
  });
});

describe("what is for no page of an app", () => {
  it.each(["/webhooks/agora", "/webhooks/cloudflare/live", "/stage/token", "/healthz", "/readyz", "/nothing", "/v1x"])(
    "says nothing of origins: %s",
    async (path) => {
      for (const service of [listed(), open()]) {
        for (const response of [
          await service.anonymous.get(path).set({ origin: shop }),
          await service.anonymous.post(path).set({ origin: shop }),
          await preflightOf(service, path, shop, "POST"),
        ]) {
          expect(corsHeaders(response.headers)).toEqual([]);
        }
      }
    },
  );
});
