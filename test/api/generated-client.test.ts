import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { apiKey, useService } from "./service.ts";

/** Of what is generated, what is used here. */
interface Generated {
  client: { setConfig: (config: { baseUrl: string; auth: string }) => void };
  putChannel: Call<{ path: { name: string }; body: { hostUid?: number } }>;
  getStatus: Call<{ path: { name: string } }>;
  createStatusToken: Call<{ path: { name: string } }>;
  listChannels: Call<{ query: { active?: "true" | "false"; limit?: number } }>;
  streamStatus: (input: { path: { name: string } }) => Promise<{ stream: AsyncGenerator }>;
}
type Call<Input> = (input: Input) => Promise<{ data?: unknown; error?: unknown; response: Response }>;

const service = useService();

describe("a client that another generator makes of /openapi.json", { timeout: 120_000 }, () => {
  let folder: string;
  beforeAll(async () => {
    const dist = fileURLToPath(new URL("../../dist/", import.meta.url));
    await mkdir(dist, { recursive: true });
    // In the checkout, so that the tests' own loader compiles it.
    folder = await mkdtemp(join(dist, "generated-"));
    const { text } = await service().anonymous.get("/openapi.json").expect(200);
    const input = join(folder, "openapi.json");
    await writeFile(input, text);
    const plugins = ["@hey-api/client-fetch", "@hey-api/typescript", "@hey-api/sdk"];
    const options = ["--input", input, "--output", join(folder, "client"), "--plugins", ...plugins, "--silent"];
    // Its types ask for those of every framework that it can write for, so it is run and not imported.
    execFileSync("node_modules/.bin/openapi-ts", options);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const load = async () => {
    const modules = ["sdk.gen.ts", "client.gen.ts"].map(
      (name) => import(join(folder, "client", name)) as Promise<object>,
    );
    const generated = Object.assign({}, ...(await Promise.all(modules))) as Generated;
    generated.client.setConfig({ baseUrl: service().url, auth: apiKey });
    return generated;
  };

  it("compiles in a strict app", () => {
    const program = ts.createProgram([join(folder, "client/index.ts")], {
      strict: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
      types: [],
      skipLibCheck: true,
      noEmit: true,
    });
    const errors = ts.getPreEmitDiagnostics(program);
    expect(errors.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))).toEqual([]);
  });

  it("calls the service, and gets its answers and its problems", async () => {
    const { putChannel, getStatus, createStatusToken, listChannels } = await load();
    const path = { name: "evening sale" };
    const made = await putChannel({ path, body: { hostUid: 1001 } });
    expect(made).toMatchObject({ data: { name: "evening sale", hostUid: 1001 }, response: { status: 201 } });
    expect(await getStatus({ path })).toMatchObject({ data: { channel: "evening sale", live: false } });
    expect(await createStatusToken({ path })).toMatchObject({ data: { token: expect.any(String) as string } });
    expect(await listChannels({ query: { active: "false", limit: 5 } })).toMatchObject({
      data: { items: [{ name: "evening sale" }], next: null },
    });
    expect(await getStatus({ path: { name: "nobody" } })).toMatchObject({
      error: { code: "channel_unknown" },
      response: { status: 404 },
    });
  });

  it("follows a status", async () => {
    const { putChannel, streamStatus } = await load();
    const path = { name: "followed" };
    await putChannel({ path, body: {} });
    const { stream } = await streamStatus({ path });
    expect(await stream.next()).toMatchObject({ value: { channel: "followed", version: 1 } });
    await stream.return(undefined);
  });
});
