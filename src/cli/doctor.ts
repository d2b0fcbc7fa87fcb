import type { Command } from "commander";

import { type DatabaseConfig, loadDatabaseConfig, readConfig, secretsInEnvironment } from "../config/index.ts";
import { examine, type Finding, type Settings } from "../doctor/index.ts";
import { createLogger } from "../log.ts";
import { createRedactor } from "../redaction/index.ts";
import { addCommand, type CommonOptions } from "./command.ts";
import { Failure } from "./failure.ts";
import type { Io } from "./io.ts";
import { printJson } from "./output/print.ts";
import { count, plain, wrap } from "./output/text.ts";
import { unlessInterrupted } from "./unless-interrupted.ts";

export function addDoctor(program: Command, io: Io): void {
  addCommand(program, "doctor", {
    summary: "Check this installation: settings, database, both providers, and what they send.",
    details:
      "Every check is made, whatever fails, each for 10 s at most; nothing is changed and no\n" +
      "call costs money. Exit 0 only if none failed. Run it in the service's environment.",
    examples: ["doctor", "doctor --json"],
  }).action((options: CommonOptions) => unlessInterrupted(io.signal, () => run(io, options)));
}

async function run(io: Io, { json, verbose }: CommonOptions): Promise<void> {
  const redactor = createRedactor(secretsInEnvironment(io.env));
  const level = verbose === true ? "debug" : "silent";
  const log = createLogger({ level, redactor, destination: { write: io.err } });
  const [settings, database] = [await readSettings(io), readDatabaseSettings(io)];
  const found = await examine({ settings, database, log, now: io.now, nodeVersion: process.versions.node });
  const items = found.map((finding) => ({
    ...finding,
    says: redactor.text(finding.says),
    todo: finding.todo === null ? null : redactor.text(finding.todo),
  }));
  if (json) printJson(io, { items });
  else for (const item of items) printFinding(io, item);
  const failures = items.filter(({ state }) => state === "failed").length;
  if (failures > 0) throw new Failure(`${count(failures, "check")} failed.`);
}

async function readSettings(io: Io): Promise<Settings> {
  try {
    return { config: await readConfig(io.env) };
  } catch (error) {
    return { error };
  }
}

function readDatabaseSettings(io: Io): DatabaseConfig | null {
  try {
    return loadDatabaseConfig(io.env);
  } catch {
    return null; // it is among the problems of all settings
  }
}

const colours = { ok: 32, warning: 33, failed: 31, skipped: 90 } as const;
const [stateWidth, nameWidth] = [8, 14];

/** A line, or more where the terminal is narrow; then what to do. */
function printFinding(io: Io, { check, state, says, todo }: Finding): void {
  const indent = " ".repeat(stateWidth + nameWidth);
  const width = Math.max(20, io.columns - indent.length);
  const shown = state.padEnd(stateWidth);
  const head = io.colour ? `\u001b[${colours[state]}m${shown}\u001b[39m` : shown;
  const lines = [...wrap(plain(says), width), ...(todo === null ? [] : wrap(`-> ${plain(todo)}`, width))];
  io.out(lines.map((line, at) => `${at === 0 ? head + check.padEnd(nameWidth) : indent}${line}\n`).join(""));
}
