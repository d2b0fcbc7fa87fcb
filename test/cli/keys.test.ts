import { createHash } from "node:crypto";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { dumpDatabase } from "../support/dump.ts";
import { type Service, startService } from "./service.ts";

let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

interface Created {
  id: number;
  name: string;
  scope: string;
  prefix: string;
  key: string;
}

async function create(name: string, scope = "read"): Promise<Created> {
  return (await service.tally(["keys", "create", name, "--scope", scope, "--json"])).json() as Created;
}

type Item = Record<"id" | "name" | "scope" | "prefix" | "createdAt" | "lastUsedAt" | "revokedAt", unknown>;
const items = async () => ((await service.tally(["keys", "list", "--json"])).json() as { items: Item[] }).items;
const itemOf = async ({ id }: { id: number }) => (await items()).find((item) => item.id === id);

describe("keys create", () => {
  it("shows the key, and says that it is this once", async () => {
    const { code, out, lines } = await service.tally(["keys", "create", "shop backend", "--scope", "operate"]);
    expect(code).toBe(0);
    expect(lines[0]).toMatch(/^tally_[0-9a-f]{12}_[0-9a-f]{64}$/);
    expect(out).toMatch(/shop backend, scope operate\. It is shown only now/);
  });

  it("gives programs its parts", async () => {
    const created = await create("dashboard");
    expect(Object.keys(created)).toEqual(["id", "name", "scope", "prefix", "key"]);
    expect(created).toMatchObject({ name: "dashboard", scope: "read" });
    expect(created.key.startsWith(`tally_${created.prefix}_`)).toBe(true);
  });

  it("keeps no more of it than its SHA-256, and tells nobody again", async () => {
    const { key, prefix } = await create("kept");
    const secret = key.slice(`tally_${prefix}_`.length);
    const dump = await dumpDatabase(service.knex);
    expect(dump).toContain(createHash("sha256").update(secret).digest("hex"));
    expect(dump).not.toContain(secret);
    const listed = await service.tally(["keys", "list", "--json", "--verbose"]);
    expect(listed.out + listed.err).not.toContain(secret);
  });

  it("gives two keys of one name two prefixes and two secrets", async () => {
    const [one, other] = [await create("twin"), await create("twin")];
    expect(one.prefix).not.toBe(other.prefix);
    expect(one.key.slice(-64)).not.toBe(other.key.slice(-64));
  });

  it.each([
    [["x"]],
    [["x", "--scope", "all"]],
    [["--scope", "read"]],
    [["", "--scope", "read"]],
    [["  ", "--scope", "read"]],
    [["a\nb", "--scope", "read"]],
    [["n".repeat(65), "--scope", "read"]],
  ])("refuses %j as wrong usage", async (argv) => {
    const before = (await items()).length;
    expect(await service.tally(["keys", "create", ...argv])).toMatchObject({ code: 2, out: "" });
    expect((await items()).length).toBe(before);
  });
});

describe("keys list", () => {
  it("shows what is known of each, the newest first, and the revoked ones last", async () => {
    const [old, young] = [await create("old"), await create("young", "admin")];
    await service.tally(["keys", "revoke", String(old.id), "--yes"]);
    const listed = await items();
    expect(listed[0]).toEqual({
      ...{ id: young.id, name: "young", scope: "admin", prefix: young.prefix },
      ...{ createdAt: expect.any(String) as string, lastUsedAt: null, revokedAt: null },
    });
    expect(listed.at(-1)).toMatchObject({ id: old.id, revokedAt: expect.any(String) as string });
  });

  it("fits 80 columns, even with all that can be told", async () => {
    const long = await create("n".repeat(64), "operate");
    const times = {
      created_at: "2025-01-01T10:00Z",
      last_used_at: "2025-01-02T10:00Z",
      revoked_at: "2025-01-03T10:00Z",
    };
    await service.knex.withSchema(service.schema).table("api_keys").where({ id: long.id }).update(times);
    const { lines } = await service.tally(["keys", "list"]);
    expect(lines[0]).toMatch(/^NAME +SCOPE +PREFIX +CREATED UTC +LAST USED +REVOKED$/);
    const line = lines.find((text) => text.includes(long.prefix));
    expect(line).toMatch(/^n+… operate +[0-9a-f]{12} +2025-01-01 10:00 +2025-01-02 10:00 +2025-01-03 10:00$/);
    expect(lines.filter((text) => text.length > 80)).toEqual([]);
  });
});

describe("keys revoke", () => {
  it("asks, and does it by id or by prefix", async () => {
    const [byId, byPrefix] = [await create("by-id"), await create("by-prefix")];
    const asked: string[] = [];
    const ask = (question: string) => Promise.resolve(asked.push(question) > 0);
    const { code, out } = await service.tally(["keys", "revoke", String(byId.id)], { ask });
    expect([code, out]).toEqual([0, `by-id (${byId.prefix}) is revoked.\n`]);
    expect(asked).toEqual([expect.stringContaining(`Revoke by-id (${byId.prefix}, scope read)?`)]);
    const { json } = await service.tally(["keys", "revoke", byPrefix.prefix, "--yes", "--json"]);
    expect(json()).toMatchObject({ id: byPrefix.id, revokedAt: expect.any(String) as string });
    expect(await itemOf(byId)).toMatchObject({ revokedAt: expect.any(String) as string });
  });

  it("does nothing if the answer is no, or nobody is there to answer", async () => {
    const key = await create("stays");
    const argv = ["keys", "revoke", key.prefix];
    expect(await service.tally(argv, { ask: () => Promise.resolve(false) })).toMatchObject({ code: 1, out: "" });
    const words = expect.stringContaining("--yes") as string;
    expect(await service.tally(argv)).toMatchObject({ code: 1, out: "", err: words });
    expect(await itemOf(key)).toMatchObject({ revokedAt: null });
  });

  it("keeps the time of the first revocation", async () => {
    const key = await create("twice");
    await service.tally(["keys", "revoke", key.prefix, "--yes"]);
    const first = await itemOf(key);
    expect(await service.tally(["keys", "revoke", key.prefix])).toMatchObject({ code: 0 });
    expect(await itemOf(key)).toEqual(first);
  });

  it.each(["999999999", "99999999999999999999", "ffffffffffff", "nope", "", "%", "0' or true --"])(
    "ends with 1 for %j, which is none",
    async (which) => {
      const words = expect.stringContaining("There is no key") as string;
      expect(await service.tally(["keys", "revoke", which, "--yes"])).toMatchObject({ code: 1, out: "", err: words });
    },
  );
});
