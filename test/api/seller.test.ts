import { type CryptoKey, generateKeyPair, UnsecuredJWT } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import type { JwtConfig } from "../../src/config/index.ts";
import { createTestDatabase } from "../support/database.ts";
import { type App, audience, issuer, now, startApp } from "./app-tokens.ts";
import { expectProblem, type Service, startService } from "./service.ts";

let app: App;
let service: Service;
const others: Service[] = [];

beforeAll(async () => {
  app = await startApp();
  service = await startService(await createTestDatabase(), { jwt: settings() });
  const hosts = { mine: "seller-5", second: "seller-5", theirs: "seller-6", nobodys: null };
  for (const [name, hostUserId] of Object.entries(hosts)) {
    await service.call("put", `/v1/channels/${name}`).send({ hostUserId }).expect(201);
  }
  for (const name of ["mine", "theirs"]) await service.notifyAndWait(103, name, 1001);
});
afterEach(async () => {
  for (const other of others.splice(0)) await other.close();
});
afterAll(async () => {
  await service.close();
  await service.database.drop();
  await app.close();
});

function settings(changed: Partial<JwtConfig> = {}): JwtConfig {
  return { jwksUrl: app.jwksUrl, issuer, audience, userClaim: "sub", channelsClaim: null, ...changed };
}

/** Another service on the same database, which has fetched no keys yet. */
async function startOther(changed: Partial<JwtConfig> = {}): Promise<Service> {
  const other = await startService(service.database, { jwt: settings(changed) });
  others.push(other);
  return other;
}

type Method = "get" | "put" | "post";
const as = (jwt: string, method: Method, path: string, at = service) =>
  at.anonymous[method](path).set("authorization", `Bearer ${jwt}`);

async function sessionOf(channel: string): Promise<string> {
  const response = await service.call("get", `/v1/channels/${channel}/sessions`).expect(200);
  return (response.body as { items: { id: string }[] }).items[0]?.id ?? "none";
}

async function namesFor(jwt: string, at = service, query = ""): Promise<string[]> {
  const response = await as(jwt, "get", `/v1/channels${query}`, at).expect(200);
  return (response.body as { items: { name: string }[] }).items.map(({ name }) => name);
}

describe("a seller, by a JWT of the app's", () => {
  it("reads her own channels and sessions", async () => {
    const jwt = await app.jwt();
    for (const path of ["/v1/channels/mine", "/v1/channels/mine/status", "/v1/channels/mine/sessions"]) {
      await as(jwt, "get", path).expect(200);
    }
    await as(jwt, "get", `/v1/sessions/${await sessionOf("mine")}`).expect(200);
  });

  it("is listed her own channels only, a page at a time", async () => {
    const jwt = await app.jwt();
    expect(await namesFor(jwt)).toEqual(["mine", "second"]);
    expect(await namesFor(jwt, service, "?active=true")).toEqual(["mine"]);
    expect(await namesFor(jwt, service, "?limit=1&after=mine")).toEqual(["second"]);
    expect(await namesFor(await app.jwt({ sub: "seller-6" }))).toEqual(["theirs"]);
    expect(await namesFor(await app.jwt({ sub: "stranger" }))).toEqual([]);
  });

  it("may have it in the address where the status is read, and nowhere else", async () => {
    const token = await app.jwt();
    await service.anonymous.get("/v1/channels/mine/status").query({ token }).expect(200);
    for (const path of ["/v1/channels", "/v1/channels/mine", "/v1/channels/mine/sessions"]) {
      expectProblem(await service.anonymous.get(path).query({ token }), 403, "forbidden");
    }
  });

  it.each<[Method, string]>([
    ["put", "/v1/channels/mine"],
    ["put", "/v1/channels/nobody"],
    ["post", "/v1/channels/mine/recording/start"],
    ["post", "/v1/channels/mine/recording/stop"],
    ["post", "/v1/channels/theirs/recording/stop"],
    ["post", "/v1/channels/mine/status-token"],
    ["post", "/v1/channels/nobody/status-token"],
  ])("may only read: %s %s is forbidden", async (method, path) => {
    const before = await service.countEvents();
    expectProblem(await as(await app.jwt(), method, path), 403, "forbidden");
    expect(await service.countEvents()).toBe(before);
  });

  it("is named in the log, and her JWT isn't", async () => {
    const jwt = await app.jwt();
    await as(jwt, "get", "/v1/channels/mine").set("x-request-id", "seller-1").expect(200);
    expect(await service.lineOf("seller-1")).toMatchObject({ principal: "seller seller-5" });
    await as(`${jwt}x`, "get", "/v1/channels/mine").set("x-request-id", "seller-2").expect(401);
    expect(await service.lineOf("seller-2")).toMatchObject({ why: "JWT: ERR_JWS_SIGNATURE_VERIFICATION_FAILED" });
    for (const part of jwt.split(".")) expect(JSON.stringify(service.lines)).not.toContain(part);
  });
});

describe("what isn't hers", () => {
  const strip = ({ "x-request-id": _id, date: _date, ...headers }: Record<string, string>) => headers;

  it.each(["", "/status", "/sessions"])("is answered byte for byte as what isn't there: a channel%s", async (rest) => {
    const jwt = await app.jwt();
    const [theirs, none] = [
      await as(jwt, "get", `/v1/channels/theirs${rest}`),
      await as(jwt, "get", `/v1/channels/nobody${rest}`),
    ];
    expectProblem(theirs, 404, "channel_unknown");
    expect(theirs.text.replace("theirs", "nobody")).toBe(none.text);
    expect(strip(theirs.headers as Record<string, string>)).toEqual(strip(none.headers as Record<string, string>));
    expect(theirs.text).not.toContain("PUT");
    expectProblem(await as(jwt, "get", `/v1/channels/nobodys${rest}`), 404, "channel_unknown");
  });

  it("is answered so whatever the tag that comes with it", async () => {
    const response = await as(await app.jwt(), "get", "/v1/channels/theirs/status").set("if-none-match", "*");
    expectProblem(response, 404, "channel_unknown");
  });

  it("is answered byte for byte as what isn't there: a session", async () => {
    const jwt = await app.jwt();
    const id = await sessionOf("theirs");
    const nobodys = id.replace(/-\d+$/, "-9");
    const [theirs, none] = [
      await as(jwt, "get", `/v1/sessions/${id}`),
      await as(jwt, "get", `/v1/sessions/${nobodys}`),
    ];
    expectProblem(theirs, 404, "session_unknown");
    expect(theirs.text.replace(id, nobodys)).toBe(none.text);
    expect(strip(theirs.headers as Record<string, string>)).toEqual(strip(none.headers as Record<string, string>));
  });

  it("costs as many statements as what isn't there", async () => {
    const jwt = await app.jwt();
    const asked: string[] = [];
    const listen = ({ sql }: { sql: string }) => asked.push(sql);
    service.database.knex.on("query", listen);
    await as(jwt, "get", "/v1/channels/theirs/status").expect(404);
    const ofTheirs = asked.splice(0);
    await as(jwt, "get", "/v1/channels/nobody/status").expect(404);
    service.database.knex.off("query", listen);
    expect(ofTheirs).toHaveLength(1);
    expect(asked).toEqual(ofTheirs);
  });
});

describe("a JWT", () => {
  let foreign: CryptoKey;
  beforeAll(async () => {
    foreign = (await generateKeyPair("RS256")).privateKey;
  });

  it.each<[string, () => string | Promise<string>]>([
    [
      "without a signature",
      () => new UnsecuredJWT({ iss: issuer, aud: audience, sub: "seller-5" }).setExpirationTime("5m").encode(),
    ],
    [
      "signed with the public key as a secret",
      async () => app.jwt({}, { alg: "HS256", key: Buffer.from(await app.publicKey()) }),
    ],
    ["of another's key under a known name", () => app.jwt({}, { key: foreign })],
    ["of a key that nobody knows", () => app.jwt({}, { key: foreign, kid: "unknown" })],
    ["of another issuer", () => app.jwt({ iss: "https://login.example.com/" })],
    ["of an issuer in another spelling", () => app.jwt({ iss: issuer.slice(0, -1) })],
    ["for another audience", () => app.jwt({ aud: "https://shop.example.com" })],
    ["for other audiences", () => app.jwt({ aud: ["a", "b"] })],
    ["that is not valid yet", () => app.jwt({ nbf: now() + 60 })],
    ["without an end", () => app.jwt({ exp: undefined })],
    ["without an issuer", () => app.jwt({ iss: undefined })],
    ["without an audience", () => app.jwt({ aud: undefined })],
    ["of nobody", () => app.jwt({ sub: undefined })],
    ["of a number", () => app.jwt({ sub: 5 })],
    ["of several", () => app.jwt({ sub: ["seller-5"] })],
    ["of an empty name", () => app.jwt({ sub: "" })],
    ["of a name that nobody can have", () => app.jwt({ sub: "seller\0" })],
    ["with another end of its signature", async () => `${(await app.jwt()).slice(0, -8)}AAAAAAAA`],
  ])("is refused: %s", async (_what, make) => {
    const jwt = await make();
    expectProblem(await as(jwt, "get", "/v1/channels"), 401, "unauthenticated");
    expectProblem(
      await service.anonymous.get("/v1/channels/mine/status").query({ token: jwt }),
      401,
      "unauthenticated",
    );
  });

  it("that has ended is told so", async () => {
    expectProblem(await as(await app.jwt({ exp: now() - 1 }), "get", "/v1/channels"), 401, "token_expired");
    const forged = await app.jwt({ exp: now() - 1 }, { key: foreign });
    expectProblem(await as(forged, "get", "/v1/channels"), 401, "unauthenticated");
  });

  it("is refused where the app's aren't taken", async () => {
    const other = await startService(service.database);
    others.push(other);
    expectProblem(await as(await app.jwt(), "get", "/v1/channels", other), 401, "unauthenticated");
  });

  it.each(["ES256", "EdDSA", "PS256"])("may be signed by %s", async (alg) => {
    const another = await startApp(alg);
    const other = await startOther({ jwksUrl: another.jwksUrl });
    expect(await namesFor(await another.jwt(), other)).toEqual(["mine", "second"]);
    await another.close();
  });
});

describe("the claims that are configured", () => {
  it("name the seller by another one than sub", async () => {
    const other = await startOther({ userClaim: "https://shop.example.com/seller" });
    expect(await namesFor(await app.jwt({ "https://shop.example.com/seller": "seller-6" }), other)).toEqual(["theirs"]);
    expectProblem(await as(await app.jwt(), "get", "/v1/channels", other), 401, "unauthenticated");
  });

  it("widen what she reaches to channels by name", async () => {
    const other = await startOther({ channelsClaim: "channels" });
    const jwt = (channels?: unknown) => app.jwt({ channels });
    expect(await namesFor(await jwt(), other)).toEqual(["mine", "second"]);
    expect(await namesFor(await jwt("theirs"), other)).toEqual(["mine", "second", "theirs"]);
    expect(await namesFor(await jwt(["nobodys", "nowhere"]), other)).toEqual(["mine", "nobodys", "second"]);
    await as(await jwt(["theirs"]), "get", "/v1/channels/theirs/status", other).expect(200);
    await as(await jwt(["theirs"]), "get", `/v1/sessions/${await sessionOf("theirs")}`, other).expect(200);
    expectProblem(await as(await jwt(["theirs"]), "get", "/v1/channels/nobodys", other), 404, "channel_unknown");
    for (const bad of [5, null, { theirs: true }, ["theirs", 5], ["a\0"], true]) {
      expectProblem(await as(await jwt(bad), "get", "/v1/channels", other), 401, "unauthenticated");
    }
  });

  it("widen nothing where none is configured", async () => {
    expect(await namesFor(await app.jwt({ channels: ["theirs"] }))).toEqual(["mine", "second"]);
  });
});

describe("the app's keys", () => {
  it("are fetched once for many JWTs, and not again for a key that nobody knows", async () => {
    const other = await startOther();
    const before = app.asked();
    const jwt = await app.jwt();
    await Promise.all(Array.from({ length: 5 }, () => as(jwt, "get", "/v1/channels", other).expect(200)));
    for (const kid of ["x", "y", "z"]) await as(await app.jwt({}, { kid }), "get", "/v1/channels", other).expect(401);
    expect(app.asked() - before).toBe(1);
  });

  it.each<[string, { status: number; body: string }]>([
    ["an error", { status: 500, body: "" }],
    ["no JSON", { status: 200, body: "<html>" }],
    ["no keys", { status: 200, body: "{}" }],
    ["a redirect", { status: 302, body: "" }],
  ])("answered with %s are 503, which the log explains, and are asked for again", async (_what, answer) => {
    const other = await startOther();
    app.answerWith(answer);
    const jwt = await app.jwt();
    const response = await as(jwt, "get", "/v1/channels", other).set("x-request-id", "jwks-1");
    expectProblem(response, 503, "unavailable");
    expect(response.headers["retry-after"]).toBe("5");
    expect(response.text).not.toContain("127.0.0.1");
    expect(await other.lineOf("jwks-1")).toMatchObject({
      level: "error",
      err: { stack: expect.any(String) as string },
    });
    expectProblem(await other.anonymous.get("/v1/channels/mine/status").query({ token: jwt }), 503, "unavailable");
    app.answerWith(undefined);
    await as(jwt, "get", "/v1/channels", other).expect(200);
  });

  it("that nobody answers for are 503, and whoever has a key of Tally's is served all the same", async () => {
    const gone = await startApp();
    await gone.close();
    const other = await startOther({ jwksUrl: gone.jwksUrl });
    expectProblem(await as(await gone.jwt(), "get", "/v1/channels", other), 503, "unavailable");
    await other.call("get", "/v1/channels").expect(200);
  });

  it("may change: a JWT of the new key is taken by a service that starts", async () => {
    await app.rotate();
    const other = await startOther();
    expect(await namesFor(await app.jwt(), other)).toEqual(["mine", "second"]);
  });
});
