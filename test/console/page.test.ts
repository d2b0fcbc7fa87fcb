import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { expectProblem, type Service, startService } from "../api/service.ts";
import { createTestDatabase } from "../support/database.ts";

let folder: string;
let service: Service;
let unbuilt: Service;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tally-console-"));
  await mkdir(join(folder, "page", "-"), { recursive: true });
  await writeFile(join(folder, "page", "index.html"), "<!doctype html><title>Console</title>");
  await writeFile(join(folder, "page", "-", "index-abc.js"), "export {};");
  await writeFile(join(folder, "secret.txt"), "secret");
  const database = await createTestDatabase();
  service = await startService(database, { console: { pageFolder: join(folder, "page") } });
  unbuilt = await startService(database, { console: { pageFolder: join(folder, "nothing") } });
});
afterAll(async () => {
  await unbuilt.close();
  await service.close();
  await service.database.drop();
  await rm(folder, { recursive: true });
});

describe("GET /console", () => {
  it.each(["/console", "/console/", "/console/channels/shop", "/console/sessions/42-3"])(
    "is the page, for anybody: %s",
    async (path) => {
      const response = await service.anonymous.get(path).expect(200);
      expect(response.type).toBe("text/html");
      expect(response.text).toContain("<title>Console</title>");
    },
  );

  it("may load itself and nothing inline, talk to us, play what Cloudflare delivers, and be in no frame", async () => {
    const { headers } = await service.anonymous.get("/console");
    const policy = String(headers["content-security-policy"]).split(";");
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-ancestors 'none'",
        "form-action 'none'",
      ]),
    );
    expect(policy.join()).not.toContain("unsafe");
    expect(policy.find((directive) => directive.startsWith("connect-src"))).toMatch(
      /^connect-src 'self' https:\/\/\*\./,
    );
    expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" });
    expect(headers["cache-control"]).toBe("no-cache");
  });

  it("has its files under names that are kept, and no others", async () => {
    const response = await service.anonymous.get("/console/-/index-abc.js").expect(200);
    expect(response.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    for (const path of ["/console/-/gone.js", "/console/-/..%2f..%2fsecret.txt", "/console/-/"]) {
      expectProblem(await service.anonymous.get(path), 404, "not_found");
    }
    expectProblem(await service.anonymous.post("/console/channels"), 405, "method_not_allowed");
  });

  it("says what to do where it isn't built", async () => {
    const response = await unbuilt.anonymous.get("/console").expect(503);
    expect(response.text).toContain("npm run build");
    expect(response.type).toBe("text/html");
  });
});
