import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { misreadJoin } from "./misread-join.ts";
import { type Service, startService } from "./service.ts";

let service: Service;
const names = ["first", "second", "third"];

beforeAll(async () => {
  service = await startService();
  for (const name of names) await misreadJoin(service, name);
});
afterAll(() => service.stop());

const replay = (...argv: string[]) => service.tally(["events", "replay", ...argv]);

async function holds(): Promise<unknown[]> {
  const shown = await Promise.all(names.map((name) => service.tally(["channels", "show", name, "--json"])));
  return shown.map(({ json }) => (json() as { hold: { reason: string } | null }).hold?.reason ?? null);
}

async function requests(): Promise<number> {
  const { json } = await service.tally(["events", "list", "--type", "ReplayRequested", "--json"]);
  return (json() as { items: unknown[] }).items.length;
}

describe("a replay that is interrupted", () => {
  it("has done each channel or not, says how to go on, and then does what is left", async () => {
    const interrupted = new AbortController();
    // The first channel that it shows is done; with that the user has seen enough.
    const out = (text: string) => {
      if (text.includes("held: replay")) interrupted.abort();
    };
    const selection = ["events", "replay", "--status", "unrecognised", "--yes"];
    const { code, err } = await service.tally(selection, { out, signal: interrupted.signal });
    expect([code, err]).toEqual([130, expect.stringMatching(/tally events replay --resume \d+\n$/)]);
    expect((await holds()).filter((reason) => reason === "replay")).toHaveLength(1);

    const id = /--resume (\d+)/.exec(err)?.[1] ?? "";
    const questions: string[] = [];
    const ask = (question: string) => Promise.resolve(questions.push(question) > 0);
    const resumed = await service.tally(["events", "replay", "--resume", id], { ask });
    expect(resumed).toMatchObject({ code: 0, out: expect.stringContaining("2 of 2 channels changed") as string });
    expect(questions).toEqual([`Go on with replay ${id}, of which 1 channel is done?`]);
    expect(await holds()).toEqual(["replay", "replay", "replay"]);
    expect(await requests()).toBe(3);
    expect(await replay("--resume", id)).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringContaining("finished") as string,
    });
  });

  it("is resumed as it is: what else is given is wrong usage", async () => {
    expect(await replay("--resume", "1", "--channel", "first")).toMatchObject({ code: 2, out: "" });
    expect(await replay("--resume", "1", "--act")).toMatchObject({ code: 2, out: "" });
    expect(await replay("--resume", "99", "--yes")).toMatchObject({
      code: 1,
      err: "There is no replay 99: nothing to go on with.\n",
    });
  });
});

describe("a replay on a terminal", () => {
  it("shows how far it is, and takes that away at the end", async () => {
    const lines: string[] = [];
    const progress = (line: string) => lines.push(line);
    expect(await service.tally(["events", "replay", "--since", "1h", "--dry-run"], { progress })).toMatchObject({
      code: 0,
      out: expect.stringContaining("0 of 3 channels differ.") as string,
    });
    expect(lines.at(-1)).toBe("");
  });
});
