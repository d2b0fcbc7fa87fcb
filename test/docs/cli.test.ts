import { Readable } from "node:stream";

import { describe, expect, it } from "vitest";

import { examplesOf, leavesOf, pathOf } from "../../src/cli/command.ts";
import type { Io } from "../../src/cli/io.ts";
import { createProgram } from "../../src/cli/program.ts";
import { manualOf } from "./manual.ts";

const io = (err: (text: string) => void = () => undefined): Io => ({
  env: {},
  out: () => undefined,
  drained: () => Promise.resolve(),
  input: Readable.from([]),
  err,
  progress: null,
  columns: 80,
  colour: false,
  ask: null,
  now: () => new Date("2026-01-01T12:00:00Z"),
  signal: new AbortController().signal,
});

it("docs/cli.md is what the commands say of themselves (npm run generate writes it)", async () => {
  await expect(await manualOf(createProgram(io()))).toMatchFileSnapshot("../../docs/cli.md");
});

describe("every command", () => {
  const commands = leavesOf(createProgram(io())).map((command) => [pathOf(command), examplesOf(command)] as const);

  it.each(commands)("%s has examples, each of which its own parser takes", async (path, examples) => {
    expect(examples).not.toEqual([]);
    for (const example of examples) expect(await commandParsedOf(example)).toBe(path);
  });
});

/** The command that a line reaches, which isn't carried out. @throws with what its parser says, if it refuses the line */
async function commandParsedOf(line: string): Promise<string | null> {
  let said = "";
  let reached: string | null = null;
  const program = createProgram(io((text) => (said += text)));
  for (const command of leavesOf(program)) command.action(() => void (reached = pathOf(command)));
  await program.parseAsync(wordsOf(line), { from: "user" }).catch((error: unknown) => {
    throw new Error(`tally ${line}: ${said}`, { cause: error });
  });
  return reached;
}

/** As a shell splits it, as far as the examples need: quotes around a word, a pipe or a redirection ends it. */
function wordsOf(line: string): string[] {
  const [command = ""] = line.split(/ [|<>] ?/);
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? "",
  );
}
