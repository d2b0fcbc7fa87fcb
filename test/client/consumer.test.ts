import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import ts from "typescript";
import { build, type Rolldown } from "vite";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

import { type Consumer, installConsumer } from "./consumer.ts";
import { problem, startStatusServer } from "./status-server.ts";

const calls = `
import { createTallyClient, type ProblemCode, type Status, TallyProblem } from "@tally/client";

declare const process: { argv: string[] };
const tally = createTallyClient({ baseUrl: process.argv[2] ?? "", key: "key" });

const seen: number[] = [];
for await (const status of tally.watchStatus("shop")) {
  const { version, live, reason }: Status = status;
  seen.push(version);
  if (live && reason === null) break;
}
const code: ProblemCode | null = await tally
  .putChannel("shop", { hostUid: 1001, relayMode: "media-push" })
  .then(({ id }) => (id.toFixed(), null))
  .catch((error: unknown) => (error instanceof TallyProblem ? error.code : null));
console.log(JSON.stringify({ seen, code }));
`;

const trpc = `
import type { AppRouter } from "@tally/client/trpc";
import { createTRPCClient, httpBatchLink, TRPCClientError } from "@trpc/client";

const tally = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: "http://127.0.0.1/trpc" })] });

export async function isLive(channel: string): Promise<boolean> {
  try {
    return (await tally.recording.status.query({ channel })).live;
  } catch (error) {
    if (error instanceof TRPCClientError) {
      const { data } = error as TRPCClientError<AppRouter>;
      if (data?.problem.code === "channel_unknown") return false;
    }
    throw error;
  }
}
`;

const bundler = { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };

// The compiler takes long where there are few cores.
describe("@tally/client, installed from its package", { timeout: 120_000 }, () => {
  let app: Consumer;
  beforeAll(async () => {
    app = await installConsumer({ "calls.ts": calls, "trpc.ts": trpc });
  });
  afterAll(() => app.remove());

  it("has what is built, with types, its README, and nothing else", () => {
    expect(app.packed).toContain("README.md");
    const odd = app.packed.filter((path) => !/^(README\.md|package\.json|dist\/[\w-]+\.(js|d\.ts))$/.test(path));
    expect(odd).toEqual([]);
  });

  it.each([
    ["nodenext", { skipLibCheck: false }],
    ["bundler", bundler],
  ])("compiles in a strict app with moduleResolution %s", (_name, options) => {
    expect(app.compile(options)).toEqual([]);
  });

  it("has types by which an app's mistakes are found", async () => {
    onTestFinished(() => app.write("calls.ts", calls));
    onTestFinished(() => app.write("trpc.ts", trpc));
    await app.write("calls.ts", calls.replace("live, reason", "lively, reason"));
    await app.write("trpc.ts", trpc.replace("{ channel }", "{ chanel: channel }").replace(".live;", ".lively;"));
    const errors = app.compile().join("\n");
    expect(errors).toMatch(/calls\.ts: .*'lively' does not exist/);
    expect(errors).toMatch(/trpc\.ts: .*'chanel' does not exist/);
    expect(errors).toMatch(/trpc\.ts: .*'lively' does not exist/);
  });

  it("runs in Node", async () => {
    const status = (version: number, live: boolean) =>
      `id: ${version}\ndata: ${JSON.stringify({ version, live, reason: null })}\n\n`;
    const server = await startStatusServer(
      (response) => response.setHeader("content-type", "text/event-stream").end(status(1, false) + status(2, true)),
      problem(403, "forbidden"),
    );
    onTestFinished(() => server.close());
    expect(app.compile()).toEqual([]);
    expect(JSON.parse(await app.run("calls.js", server.url))).toEqual({ seen: [1, 2], code: "forbidden" });
    expect(await app.run("trpc.js")).toBe("");
  });

  it("is bundled for a browser with nothing of Node's, and is as small as its README says", async () => {
    await app.write("entry.js", 'export { createTallyClient } from "@tally/client";');
    const output = (await build({
      root: app.folder,
      configFile: false,
      logLevel: "error",
      build: { write: false, lib: { entry: "entry.js", formats: ["es"] }, minify: true },
    })) as Rolldown.RolldownOutput[];
    const chunks = output.flatMap((one) => one.output);
    expect(chunks).toHaveLength(1);
    const [chunk] = chunks;
    if (chunk?.type !== "chunk") throw new Error("there is no bundle");
    expect([...chunk.imports, ...chunk.dynamicImports]).toEqual([]);
    expect(chunk.code).not.toMatch(/node:|browser-external|\brequire\(/);
    const kilobytes = Math.ceil(gzipSync(chunk.code).length / 1000);
    const readme = await readFile(join(app.folder, "node_modules/@tally/client/README.md"), "utf8");
    expect(readme).toContain(`${kilobytes} kB`);
  });
});
