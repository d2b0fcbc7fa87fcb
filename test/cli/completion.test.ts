import { execFileSync, spawnSync } from "node:child_process";

import { expect, it } from "vitest";

import { runTally } from "./tally.ts";

const hasShell = (shell: string) => spawnSync(shell, ["--version"]).status === 0;
const { out: script } = await runTally(["completion", "bash"]);

/** What bash offers where the last word is being typed. */
function offered(...words: string[]): string[] {
  const typed = ["tally", ...words].map((word) => `'${word}'`).join(" ");
  const run = `${script}\nCOMP_WORDS=(${typed})\nCOMP_CWORD=${words.length}\n_tally\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync("bash", ["--norc", "-c", run], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line !== "");
}

it.skipIf(!hasShell("bash")).each([
  [["ev"], ["events"]],
  [
    ["events", ""],
    ["list", "show", "replay", "export", "import", "-h", "--help"],
  ],
  [["events", "list", "--st"], ["--status"]],
  [["events", "list", "--status", "p"], ["pending"]],
  [["events", "list", "--limit", "5", "--status", "un"], ["unrecognised"]],
  [["simulate", "host-j"], ["host-joins"]],
  [["events", "list", "--channel", ""], []],
  [["completion", "b"], ["bash"]],
  [["setup", "cloudflare", "--re"], ["--replace"]],
])("bash completes %j by %j", (words, expected) => {
  expect(offered(...words)).toEqual(expected);
});

it.each(["zsh", "fish"])("there is a script for %s, which that shell can read", async (shell) => {
  const { code, out } = await runTally(["completion", shell]);
  expect(code).toBe(0);
  expect(out).toContain("events list");
  if (hasShell(shell)) expect(spawnSync(shell, ["-n", "-c", out]).status).toBe(0);
});

it.skipIf(!hasShell("fish"))("fish completes as bash does, with descriptions", async () => {
  const { out } = await runTally(["completion", "fish"]);
  const lines = [
    "tally ev",
    "tally events list --limit 5 --status un",
    "tally setup cloudflare --re",
    "tally completion b",
  ];
  const run = `${out}\n${lines.map((line) => `complete -C "${line}"`).join("\n")}`;
  const offered = execFileSync("fish", ["--no-config", "-c", run], { encoding: "utf8" });
  expect(offered.trimEnd().split("\n")).toEqual([
    "events",
    "unrecognised\twith this status",
    "--replace\treplace the account's Stream webhook even if it is somebody else's",
    "bash",
  ]);
});

it("refuses another shell", async () => {
  expect(await runTally(["completion", "tcsh"])).toMatchObject({ code: 2, out: "" });
});
