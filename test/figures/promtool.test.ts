import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createFigures } from "../../src/figures/index.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { logLines } from "../support/log-lines.ts";

/** Prometheus's own tool (Debian's package `prometheus` has it). */
const promtool = process.env.PROMTOOL ?? "promtool";
const hasPromtool = spawnSync(promtool, ["--version"]).status === 0;

let folder: string;
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), "tally-prometheus-"));
  cpSync(new URL("../../deploy/prometheus/", import.meta.url), folder, { recursive: true });
  writeFileSync(join(folder, "tally-key"), "a key");
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await database.drop();
});

function run(args: string[], input = ""): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(promtool, args, { cwd: folder, input, encoding: "utf8" });
  return { status, said: stdout + stderr };
}

it.runIf(process.env.CI !== undefined)("promtool is there where everything is to be tested", () => {
  expect(hasPromtool).toBe(true);
});

describe.runIf(hasPromtool)("Prometheus", () => {
  it("takes the configuration and the rules", () => {
    expect(run(["check", "config", "prometheus.yml"])).toMatchObject({ status: 0 });
    expect(run(["check", "rules", "alerts.yml"])).toMatchObject({ status: 0 });
  });

  it("has each alert fire when it should, and not before", () => {
    expect(run(["test", "rules", "alerts.test.yml"])).toMatchObject({ status: 0 });
  });

  it("has nothing to say against the figures of ours", async () => {
    const { knex, schema } = database;
    const figures = createFigures({ knex, schema, log: logLines().log });
    const text = await figures.text();
    await figures.close();
    const { said } = run(["check", "metrics"], text);
    expect(said.split("\n").filter((line) => line.startsWith("tally_"))).toEqual([]);
  });
});

it("the dashboard's panels have ids and places of their own, and say what they show", () => {
  const file = new URL("../../deploy/grafana/tally.json", import.meta.url);
  const { panels } = JSON.parse(readFileSync(file, "utf8")) as { panels: Panel[] };
  expect(panels.length).toBeGreaterThan(25);
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  expect(panels.filter(({ title }) => title === "")).toEqual([]);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, i) => `${x + (i % w)} ${y + Math.floor(i / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
});

interface Panel {
  id: number;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
}

it("every alert has a test, and says what to look at and what to do", () => {
  const rules = readFileSync(join(folder, "alerts.yml"), "utf8").split("- alert: ").slice(1);
  const tests = readFileSync(join(folder, "alerts.test.yml"), "utf8");
  expect(rules.length).toBeGreaterThan(10);
  for (const rule of rules) {
    const name = rule.split("\n")[0] ?? "";
    expect(tests).toContain(`ALERTS{alertname="${name}", alertstate="firing"}`);
    expect(rule).toMatch(/summary: [^]*description: [^]*Look\s+at:\s[^]*Do:\s/);
    expect(rule).toMatch(/severity: (page|ticket)\n/);
  }
});
