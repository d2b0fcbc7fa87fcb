import { afterEach, beforeAll, describe, expect, it } from "vitest";

import { createDatabase } from "../../src/db/index.ts";
import { createKey, findKey, revokeKey, type Scope, scopes } from "../../src/keys/index.ts";
import { createLogger } from "../../src/log.ts";
import { expectProblem, type Service, startService, useService } from "./service.ts";

const started = useService();
let service: Service;
beforeAll(async () => {
  service = started();
  await service.call("put", "/v1/channels/shop").send({ id: 5 }).expect(201);
});

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Another process, as far as a database can tell. */
async function startOther(overrides: Parameters<typeof startService>[1] = {}): Promise<Service> {
  const other = await startService(service.database, overrides);
  closers.push(other.close);
  return other;
}

async function newKey(scope: Scope, name = `${scope} key`) {
  const { row, text } = await createKey(service.database, { name, scope });
  return { ...row, text };
}

const as = (key: string, method: "get" | "put" | "post", path: string, at = service) =>
  at.anonymous[method](path).set("authorization", `Bearer ${key}`);

const routes = [
  ["get", "/v1/channels", "read"],
  ["get", "/v1/channels/shop", "read"],
  ["get", "/v1/channels/shop/status", "read"],
  ["get", "/v1/channels/shop/sessions", "read"],
  ["post", "/v1/channels/shop/status-token", "read"],
  ["put", "/v1/channels/shop", "operate"],
  ["post", "/v1/channels/shop/recording/start", "operate"],
  ["post", "/v1/channels/shop/recording/stop", "operate"],
] as const;

describe.each(scopes)("a key of the scope %s", (scope) => {
  it.each(routes)("may what that includes: %s %s needs %s", async (method, path, needed) => {
    const { text } = await newKey(scope);
    const response = await as(text, method, path);
    if (scopes.indexOf(scope) >= scopes.indexOf(needed)) expect(response.status).toBeLessThan(300);
    else expectProblem(response, 403, "forbidden");
  });
});

describe("a key that may only read", () => {
  it("is refused a change alike whether the channel is there or not, and changes nothing", async () => {
    const { text } = await newKey("read");
    const before = await service.countEvents();
    for (const path of ["", "/recording/start", "/recording/stop"] as const) {
      const method = path === "" ? "put" : "post";
      const [there, nowhere] = [
        await as(text, method, `/v1/channels/shop${path}`),
        await as(text, method, `/v1/channels/nobody${path}`),
      ];
      expectProblem(there, 403, "forbidden");
      expect(nowhere.text).toBe(there.text);
    }
    expect(await service.countEvents()).toBe(before);
  });

  it("isn't told to register a channel that isn't there, as others are", async () => {
    const read = await as((await newKey("read")).text, "get", "/v1/channels/nobody");
    const operate = await as((await newKey("operate")).text, "get", "/v1/channels/nobody");
    expectProblem(read, 404, "channel_unknown");
    expect(read.text).not.toContain("PUT");
    expect(operate.text).toContain("PUT /v1/channels/nobody");
  });
});

describe("a revoked key", () => {
  it("is refused at once, in every process", async () => {
    const other = await startOther();
    const key = await newKey("admin");
    for (const at of [service, other]) await as(key.text, "get", "/v1/channels", at).expect(200);
    await revokeKey(service.database, key.id);
    for (const at of [service, other]) {
      expectProblem(await as(key.text, "get", "/v1/channels", at), 401, "unauthenticated");
    }
  });
});

describe("a revoked key's open streams", () => {
  it("end, in every process, and nobody else's do", async () => {
    const other = await startOther({ streams: { checkMs: 10, revokedMs: 10 } });
    const [revoked, kept] = [await newKey("read"), await newKey("read")];
    const open = async ({ text }: { text: string }) => {
      const headers = { authorization: `Bearer ${text}` };
      const { body } = await fetch(`${other.url}/v1/overview/stream`, { headers });
      if (body === null) throw new Error("there is no stream");
      const reader = body.getReader();
      closers.push(() => reader.cancel());
      return async () => (await reader.read()).done;
    };
    const [isTheirsOver, isOursOver] = [await open(revoked), await open(kept)];
    expect(await isOursOver()).toBe(false);
    await revokeKey(service.database, revoked.id);
    while (!(await isTheirsOver()));
    await service.notifyAndWait(103, "after_the_revocation", 1);
    // What comes now is an event, or one from before; not the end.
    expect(await isOursOver()).toBe(false);
  });
});

describe("what is like a key", () => {
  it.each<[string, (key: string, prefix: string) => string]>([
    ["with another secret", (key) => key.replace(/.$/, (last) => (last === "0" ? "1" : "0"))],
    ["with another prefix", (key, prefix) => key.replace(prefix, "0".repeat(12))],
    ["in capitals", (key) => key.toUpperCase()],
    ["with more", (key) => `${key}0`],
    ["with less", (key) => key.slice(0, -1)],
    ["without a secret", (_key, prefix) => `tally_${prefix}_`],
    ["the prefix alone", (_key, prefix) => prefix],
    ["with an apostrophe", (_key, prefix) => `tally_${prefix}_'or'1'='1`],
  ])("is answered as no key is: %s", async (_what, change) => {
    const { text, prefix } = await newKey("admin");
    const [refused, none] = [
      await as(change(text, prefix), "get", "/v1/channels"),
      await service.anonymous.get("/v1/channels"),
    ];
    expectProblem(refused, 401, "unauthenticated");
    expect(refused.text).toBe(none.text);
  });

  it("counts for the address it comes from, and a right one passes all the same", async () => {
    const other = await startOther({ failedKeysMost: 2 });
    const { text } = await newKey("read");
    const wrong = `${text.slice(0, -4)}0000`;
    for (let i = 0; i < 2; i++) expectProblem(await as(wrong, "get", "/v1/channels", other), 401, "unauthenticated");
    expectProblem(await as(wrong, "get", "/v1/channels", other), 429, "too_many_failures");
    await as(text, "get", "/v1/channels", other).expect(200);
    expectProblem(await other.anonymous.get("/v1/channels?token=guess"), 429, "too_many_failures");
  });
});

describe("a key's last use", () => {
  const usedAt = async (prefix: string) => (await findKey(service.database, { prefix }))?.last_used_at ?? null;
  /** Resolves when the next statement that notes a use has been answered. */
  const noted = () =>
    new Promise<void>((resolve) => {
      const { knex } = service.database;
      knex.on("query-response", function listen(_response: unknown, { sql }: { sql: string }) {
        if (!sql.includes("set last_used_at")) return;
        knex.off("query-response", listen);
        resolve();
      });
    });

  it("is noted, and once in a minute however often and wherever it is used", async () => {
    const key = await newKey("read");
    expect(await usedAt(key.prefix)).toBeNull();
    const first = noted();
    await as(key.text, "get", "/v1/channels").expect(200);
    await first;
    const at = await usedAt(key.prefix);
    expect(at).toBeInstanceOf(Date);

    const statements: string[] = [];
    const listen = ({ sql }: { sql: string }) => statements.push(sql);
    service.database.knex.on("query", listen);
    for (let i = 0; i < 3; i++) await as(key.text, "get", "/v1/channels").expect(200);
    service.database.knex.off("query", listen);
    expect(statements.filter((sql) => sql.includes("last_used_at ="))).toEqual([]);

    const other = await startOther();
    const second = noted();
    await as(key.text, "get", "/v1/channels", other).expect(200);
    await second;
    expect(await usedAt(key.prefix)).toEqual(at);
  });

  it("is noted anew after a minute", async () => {
    const key = await newKey("read");
    const { knex, schema } = service.database;
    const past = new Date(Date.now() - 61_000);
    await knex.withSchema(schema).table("api_keys").where({ id: key.id }).update({ last_used_at: past });
    const second = noted();
    await as(key.text, "get", "/v1/channels").expect(200);
    await second;
    expect((await usedAt(key.prefix))?.getTime()).toBeGreaterThan(past.getTime());
  });

  it("fails no request when it can't be noted, and the log says so", async () => {
    const { knex } = service.database;
    const raw = (sql: string, values: Record<string, string>) =>
      sql.includes("last_used_at =") ? Promise.reject(new Error("disk full")) : knex.raw(sql, values);
    const other = await startOther({ knex: { raw } as unknown as typeof knex });
    const key = await newKey("read");
    await as(key.text, "get", "/v1/channels", other).expect(200);
    expect(other.lines.find(({ msg }) => msg === "api.key_use_not_noted")).toMatchObject({
      level: "warn",
      key: key.id,
      err: { message: "disk full" },
    });
  });
});

describe("without a database", () => {
  it("a key of it is 503, since nobody can say whose it is; the operators' and a token are known", async () => {
    const url = "postgres://nobody:none@127.0.0.1:1/none";
    const log = createLogger({ level: "silent" });
    const { knex, close } = createDatabase({ url, schema: "tally", poolMax: 2, log });
    closers.push(close);
    const other = await startOther({ knex });
    const { text } = await newKey("admin");
    for (const path of ["/v1/channels", "/v1/nothing", "/v1/channels/shop/status?token=x"]) {
      const response = await as(text, "get", path, other).set("x-request-id", "lost");
      expectProblem(response, 503, "unavailable");
      expect(response.headers["retry-after"]).toBe("5");
    }
    expect(await other.lineOf("lost")).toMatchObject({ level: "error", err: { code: "ECONNREFUSED" } });
    expectProblem(await other.call("get", "/v1/nothing"), 404, "not_found");
    expectProblem(await as("tally_nonsense", "get", "/v1/channels", other), 401, "unauthenticated");
  });
});

describe("the log", () => {
  it("names a key by its name and prefix, also a revoked one, and never has its secret", async () => {
    const key = await newKey("read", "shop backend");
    const secret = key.text.slice(-64);
    await as(key.text, "get", "/v1/channels").set("x-request-id", "key-1").expect(200);
    expect(await service.lineOf("key-1")).toMatchObject({ principal: `shop backend (${key.prefix})` });
    await as(`${key.text}0`, "get", "/v1/channels").set("x-request-id", "key-2").expect(401);
    expect(await service.lineOf("key-2")).toMatchObject({ why: "no key" });
    await revokeKey(service.database, key.id);
    await as(key.text, "get", "/v1/channels").set("x-request-id", "key-3").expect(401);
    expect(await service.lineOf("key-3")).toMatchObject({ why: `revoked key ${key.prefix}` });
    await service.anonymous.get(`/v1/channels/${key.text}/status?token=${key.text}`).expect(401);
    expect(JSON.stringify(service.lines)).not.toContain(secret);
  });
});
