import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import ts from "typescript";
import { expect, it } from "vitest";

import { blocks } from "./blocks.ts";

/** Where an app's files would be: what they import is found as from there. */
const folder = fileURLToPath(new URL("../../docs/", import.meta.url));
const files = new Map([...blocks].map(([name, code]) => [join(folder, name), code]));

const options: ts.CompilerOptions = {
  strict: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  types: ["node"],
  jsx: ts.JsxEmit.ReactJSX,
  skipLibCheck: true,
  noUnusedLocals: true,
  noEmit: true,
};

it("what docs/integrate.md shows is complete, and compiles", () => {
  expect([...blocks.keys()]).toEqual(["backend.ts", "notifications.ts", "on-air.tsx", "follow-status.ts", "trpc.ts"]);
  expect(errorsOf(files)).toEqual([]);
});

it("a mistake in it would be found", () => {
  const mistaken = new Map([...files].map(([name, code]) => [name, code.replaceAll("status.live", "status.lively")]));
  expect(errorsOf(mistaken)).toContainEqual(expect.stringContaining("'lively' does not exist"));
});

it("every block of code in it has a name, by which it is tested", () => {
  const text = readFileSync(join(folder, "integrate.md"), "utf8");
  expect(text.match(/^```\w+$/gm)).toHaveLength(blocks.size);
});

function errorsOf(shown: ReadonlyMap<string, string>): string[] {
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (name) => shown.has(name) || disk.fileExists(name),
    readFile: (name) => shown.get(name) ?? disk.readFile(name),
    getSourceFile(name, version, ...rest) {
      const code = shown.get(name);
      return code === undefined ? disk.getSourceFile(name, version, ...rest) : ts.createSourceFile(name, code, version);
    },
  };
  return ts
    .getPreEmitDiagnostics(ts.createProgram([...shown.keys()], options, host))
    .map(({ file, messageText }) => `${file?.fileName ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
}
