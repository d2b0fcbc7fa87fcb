import { createHmac, hkdfSync } from "node:crypto";

import { decodeJwt, decodeProtectedHeader, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";

import { statusTokenAnswer } from "../../src/api/schemas.ts";
import { apiKey, appCertificate, expectProblem, type Service, useService } from "./service.ts";

const started = useService();
let service: Service;
beforeAll(async () => {
  service = started();
  await service.call("put", "/v1/channels/shop").send({ id: 5 }).expect(201);
  await service.call("put", "/v1/channels/other").send({ id: 6 }).expect(201);
});

async function mint(channel = "shop") {
  const answer = await service.call("post", `/v1/channels/${channel}/status-token`).expect(200);
  return statusTokenAnswer.parse(answer.body);
}

const inAddress = (token: string, channel = "shop") =>
  service.anonymous.get(`/v1/channels/${channel}/status`).query({ token });
const asBearer = (token: string, channel = "shop") =>
  service.anonymous.get(`/v1/channels/${channel}/status`).set("authorization", `Bearer ${token}`);

describe("a status token", () => {
  it("reads its channel's status for 15 minutes, from the address and from the header", async () => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    const { token, expiresAt } = await mint();
    expect(Date.parse(expiresAt) - 900_000).toBeGreaterThanOrEqual(before);
    expect(Date.parse(expiresAt) - 900_000).toBeLessThanOrEqual(Date.now());
    for (const response of [await inAddress(token), await asBearer(token)]) {
      expect(response.status).toBe(200);
      expect(response.body).toMatchObject({ channel: "shop", state: "idle" });
    }
  });

  it("is a JWT that says when it ends, and nothing but its channel", async () => {
    const { token, expiresAt } = await mint();
    expect(decodeProtectedHeader(token)).toEqual({ alg: "HS256", typ: "tally-status+jwt" });
    const exp = Date.parse(expiresAt) / 1000;
    expect(decodeJwt(token)).toEqual({ iss: "tally", aud: "tally-status", sub: "shop", iat: exp - 900, exp });
  });

  it("is answered as for a channel that isn't there where the channel is another", async () => {
    const { token } = await mint();
    const [another, nobodys] = [await inAddress(token, "other"), await inAddress(token, "nobody")];
    expectProblem(another, 404, "channel_unknown");
    expect(another.text.replace("other", "nobody")).toBe(nobodys.text);
    expect(another.text).not.toContain("PUT");
  });

  it.each([
    ["get", "/v1/channels"],
    ["get", "/v1/channels/shop"],
    ["put", "/v1/channels/shop"],
    ["get", "/v1/channels/shop/sessions"],
    ["post", "/v1/channels/shop/recording/start"],
    ["post", "/v1/channels/shop/recording/stop"],
    ["post", "/v1/channels/shop/status-token"],
    ["get", "/v1/channels/nobody"],
    ["get", "/v1/sessions/5-1"],
  ] as const)("is forbidden any other use: %s %s", async (method, path) => {
    const { token } = await mint();
    const call = () => service.anonymous[method](path);
    expectProblem(await call().query({ token }), 403, "forbidden");
    expectProblem(await call().set("authorization", `Bearer ${token}`), 403, "forbidden");
  });

  it("is given for channels that there are, and for nothing in the body", async () => {
    expectProblem(await service.call("post", "/v1/channels/nobody/status-token"), 404, "channel_unknown");
    const asking = service.call("post", "/v1/channels/shop/status-token").send({ minutes: 60 });
    expectProblem(await asking, 400, "invalid_request");
  });

  it("is never in the log, whatever becomes of it", async () => {
    const { token } = await mint();
    const cut = token.slice(0, -5);
    await inAddress(token).set("x-request-id", "good");
    await inAddress(cut).set("x-request-id", "cut").expect(401);
    await service.anonymous.get(`/v1/channels/shop?token=${token}`).set("x-request-id", "forbidden").expect(403);
    await service.anonymous.get(`/v1/channels/%ZZ/status?token=${token}`).set("x-request-id", "broken");
    await service.anonymous.get(`/nothing?token=${token}`).set("x-request-id", "nothing");
    expect(await service.lineOf("good")).toMatchObject({
      route: "/v1/channels/{name}/status",
      principal: "status token of shop",
    });
    expect(await service.lineOf("cut")).toMatchObject({
      code: "unauthenticated",
      why: "status token: ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
    });
    for (const id of ["forbidden", "broken", "nothing"]) await service.lineOf(id);
    for (const part of token.split(".")) expect(JSON.stringify(service.lines)).not.toContain(part);
  });
});

const key = Buffer.from(hkdfSync("sha256", appCertificate, "", "tally status token", 32));
const now = () => Math.floor(Date.now() / 1000);
const good = (): JWTPayload => ({ iss: "tally", aud: "tally-status", sub: "shop", iat: now(), exp: now() + 60 });
const header = { alg: "HS256", typ: "tally-status+jwt" };
const signed = (payload: JWTPayload, { protectedHeader = header, by = key } = {}) =>
  new SignJWT(payload).setProtectedHeader(protectedHeader).sign(by);

describe("a stream that was opened by a token in the address", () => {
  const open = (token: string) => {
    const url = new URL("/v1/channels/shop/status/stream", service.url);
    url.searchParams.set("token", token);
    return fetch(url);
  };

  it("ends with the token, in order, and whoever comes back with it is told that it has ended", async () => {
    const token = await signed({ ...good(), exp: now() + 3 });
    const response = await open(token);
    expect(response.status).toBe(200);
    // Read to its end: a stream that is broken off would reject.
    expect(await response.text()).toContain("id: ");
    const id = response.headers.get("x-request-id") ?? "";
    expect(await service.lineOf(id)).toMatchObject({ stream: { ended: "expired", events: 1 } });
    const again = await open(token);
    expect([again.status, await again.json()]).toMatchObject([401, { code: "token_expired" }]);
  });

  it.each<[string, number, () => string | Promise<string>]>([
    ["of another channel", 404, () => signed({ ...good(), sub: "other" })],
    ["of another issuer", 401, () => signed({ ...good(), iss: "tally2" })],
    ["without a signature", 401, () => new UnsecuredJWT(good()).encode()],
    ["that has ended", 401, () => signed({ ...good(), exp: now() - 1 })],
  ])("does not begin by one %s: %i", async (_what, status, make) => {
    const response = await open(await make());
    expect([response.status, response.headers.get("content-type")]).toEqual([
      status,
      expect.stringContaining("application/problem+json"),
    ]);
  });
});

describe("a forged status token", () => {
  it("would be taken if it were signed as ours are", async () => {
    await inAddress(await signed(good())).expect(200);
  });

  it("that has ended is told so, with a code of its own, and counts as no wrong key", async () => {
    const token = await signed({ ...good(), exp: now() - 1 });
    for (const response of [await inAddress(token), await asBearer(token)]) {
      expectProblem(response, 401, "token_expired");
      expect(response.headers["www-authenticate"]).toBe('Bearer error="invalid_token"');
    }
  });

  const without = (claim: string) => Object.fromEntries(Object.entries(good()).filter(([name]) => name !== claim));
  const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const byHand = (protectedHeader: unknown, by: Uint8Array) => {
    const text = `${base64(protectedHeader)}.${base64(good())}`;
    return `${text}.${createHmac("sha256", by).update(text).digest("base64url")}`;
  };

  it.each<[string, () => string | Promise<string>]>([
    ["without a signature", () => new UnsecuredJWT(good()).encode()],
    ["without a signature, by its type", () => `${base64({ alg: "none", typ: header.typ })}.${base64(good())}.`],
    ["of another algorithm", () => signed(good(), { protectedHeader: { ...header, alg: "HS384" } })],
    ["of the app certificate itself", () => byHand(header, Buffer.from(appCertificate))],
    [
      "of the stage's key",
      () => byHand(header, Buffer.from(hkdfSync("sha256", appCertificate, "", "tally stage token", 32))),
    ],
    ["of no type", () => signed(good(), { protectedHeader: { alg: "HS256" } as typeof header })],
    ["of another type", () => signed(good(), { protectedHeader: { alg: "HS256", typ: "JWT" } })],
    ["of another issuer", () => signed({ ...good(), iss: "tally2" })],
    ["for another audience", () => signed({ ...good(), aud: "tally" })],
    ["without an issuer", () => signed(without("iss"))],
    ["without an audience", () => signed(without("aud"))],
    ["without a channel", () => signed(without("sub"))],
    ["without an end", () => signed(without("exp"))],
    ["with an end in words", () => byHandPayload({ ...good(), exp: "tomorrow" })],
    ["from the future", () => signed({ ...good(), nbf: now() + 60 })],
    ["that is ended and badly signed", async () => `${(await signed({ ...good(), exp: 1 })).slice(0, -3)}AAA`],
    ["with a header that must be understood and isn't", () => byHand({ ...header, crit: ["exp2"], exp2: 1 }, key)],
    ["with parts that aren't base64", () => "a.b.c"],
    ["with empty parts", () => ".."],
  ])("is refused: %s", async (_what, make) => {
    const token = await make();
    expectProblem(await inAddress(token), 401, "unauthenticated");
    expectProblem(await asBearer(token), 401, "unauthenticated");
  });

  function byHandPayload(payload: unknown): string {
    const text = `${base64(header)}.${base64(payload)}`;
    return `${text}.${createHmac("sha256", key).update(text).digest("base64url")}`;
  }
});

describe("the address", () => {
  it("may not have a key: it would be in every log on the way", async () => {
    expectProblem(await inAddress(apiKey), 401, "unauthenticated");
  });

  it("may have one token, not several", async () => {
    const { token } = await mint();
    const path = `/v1/channels/shop/status?token=${token}&token=${token}`;
    expectProblem(await service.anonymous.get(path), 401, "unauthenticated");
  });

  it("isn't looked at where there is a header: the right key passes beside any token, a wrong one doesn't", async () => {
    const { token } = await mint();
    await service.call("get", "/v1/channels/shop/status?token=nonsense").expect(200);
    expectProblem(await inAddress(token).set("authorization", "Bearer wrong"), 401, "unauthenticated");
  });
});
