import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Io } from "../../src/cli/io.ts";
import { createProgram } from "../../src/cli/program.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { runTally } from "./tally.ts";

let dataDir: string;
let empty: TestDatabase;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "tally-cli-"));
  empty = await createTestDatabase({ migrated: false });
});
afterAll(async () => {
  await rm(dataDir, { recursive: true, force: true });
  await empty.drop();
});

const io = { out: () => undefined, err: () => undefined, columns: 80, colour: false } as unknown as Io;
const program = createProgram(io);
const commands = program.commands
  .filter((noun) => noun.name() !== "help")
  .flatMap((noun) =>
    noun.commands.length === 0 ? [[noun.name()]] : noun.commands.map((verb) => [noun.name(), verb.name()]),
  );

describe("help", () => {
  it("knows every command", () => {
    expect(commands.map((names) => names.join(" "))).toEqual([
      "events list",
      "events show",
      "events replay",
      "events export",
      "events import",
      "channels list",
      "channels show",
      "channels register",
      "channels release",
      "channels rebuild",
      "channels check",
      "channels catch-up",
      "sessions list",
      "sessions show",
      "sessions timeline",
      "sessions stop",
      "metrics",
      "effects list",
      "effects show",
      "effects retry",
      "effects dismiss",
      "endpoints list",
      "endpoints show",
      "endpoints create",
      "endpoints enable",
      "endpoints disable",
      "endpoints rotate",
      "endpoints delete",
      "notifications list",
      "notifications show",
      "notifications replay",
      "keys create",
      "keys list",
      "keys revoke",
      "retention run",
      "people erase",
      "doctor",
      "setup cloudflare",
      "setup agora",
      "simulate",
      "completion",
    ]);
  });

  it.each(commands)("of %s %s has examples, --json, and lines of 80 columns", async (...names) => {
    const { code, out, err, lines } = await runTally([...names, "--help"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain(`Examples:\n  $ tally ${names.join(" ")}`);
    expect(out).toContain("--json");
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it("of the whole fits 80 columns, and is what a line without a command gets: exit 2", async () => {
    const asked = await runTally(["--help"]);
    expect(asked.code).toBe(0);
    expect(asked.lines.filter((line) => line.length > 80)).toEqual([]);
    expect(await runTally([])).toMatchObject({ code: 2, out: "", err: asked.out });
    expect(await runTally(["events"])).toMatchObject({ code: 2, out: "" });
  });

  it.each([[["dance"]], [["events", "dance"]], [["--dance"]]])("is offered for %j: exit 2", async (argv) => {
    expect(await runTally(argv)).toMatchObject({ code: 2, out: "", err: expect.stringContaining("--help") as string });
  });
});

describe("a command without a database", () => {
  it("says so in one sentence and ends with 1", async () => {
    const env = { DATABASE_URL: "postgres://user:hidden@127.0.0.1:1/none", TALLY_DATA_DIR: dataDir };
    const { code, out, err } = await runTally(["events", "list"], { env });
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^No database: .*ECONNREFUSED.* Is DATABASE_URL right, .*\n$/);
    expect(err).not.toContain("hidden");
  });

  it("shows where an error came from with --verbose only", async () => {
    const env = { DATABASE_URL: "postgres://127.0.0.1:1/none", TALLY_DATA_DIR: dataDir };
    const { code, err } = await runTally(["events", "list", "--verbose"], { env });
    expect(code).toBe(1);
    expect(err).toMatch(/^ +at /m);
  });

  it("says what to do about one that isn't migrated", async () => {
    const env = { DATABASE_URL: empty.url, MIGRATE_ON_START: "false", TALLY_DATA_DIR: dataDir };
    const words = expect.stringMatching(/^The database schema "tally" is behind .*npm run migrate/) as string;
    expect(await runTally(["events", "list"], { env })).toMatchObject({ code: 1, out: "", err: words });
  });

  it("lists what is wrong with the settings", async () => {
    const env = { NODE_ENV: "production", PORT: "many" };
    const { code, err } = await runTally(["channels", "list"], { env });
    expect(code).toBe(1);
    expect(err).toContain("DATABASE_URL is missing");
    expect(err).toContain('PORT must be a whole number from 0 to 65535, not "many"');
  });
});
