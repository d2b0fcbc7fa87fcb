import fetch from "node-fetch";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { timelineAnswer } from "../../src/api/sessions/timeline-schemas.ts";
import type { Entry } from "../../src/timeline/index.ts";
import { runTally } from "../cli/tally.ts";
import { type Evening, openEvening } from "./evening.ts";
import { until } from "./process.ts";

/** A first start that fails, Cloudflare's webhooks refused (and so lost), a recorder that dies: what is left is the timeline. */
const channel = "channel_7";
let evening: Evening;
let entries: Entry[];
let clocks: unknown;

beforeAll(playTheEvening, 90_000);
afterAll(() => evening.close());

async function playTheEvening(): Promise<void> {
  evening = await openEvening();
  const { url } = await evening.start();
  const { control } = evening.sandbox;
  control.planFaults(
    { operation: "start", answer: { status: 500, body: { code: 65, reason: "not now" } } },
    { match: { kind: "cloudflare-live", eventType: "live_input.connected" }, action: "lose" },
  );
  const refused = await fetch(`${url}/webhooks/cloudflare/live`, {
    method: "POST",
    headers: { "cf-webhook-auth": "another-secret", "content-type": "application/json" },
    body: JSON.stringify({ data: { input_id: "x", event_type: "live_input.connected" } }),
  });
  expect(refused.status).toBe(401);

  control.join(channel, 1001, "host");
  await evening.until(channel, "live, by a checkup", ({ live }) => live);
  const [first] = control.record().recorders.filter(({ state }) => state !== "ended");
  control.crash(first?.sid ?? "", { cause: "recorder_error", silently: false });
  await evening.until(channel, "not live", ({ live }) => !live);
  await evening.until(channel, "live with another recorder", ({ live }) => live);
  control.leave(channel, 1001, "host");
  await evening.until(channel, "stopped", ({ state }) => state === "stopped");
  // The calls and refusals are written a moment later, and the recorder's last words come after the end.
  await until("all of it is written, and taken in", async () => {
    const answer = await ask();
    ({ entries, clocks } = answer);
    const told = titles(answer).join("\n");
    const [before = "", after = ""] = told.split("Asked Agora to stop the recorder");
    return (
      before.includes("Webhooks refused") &&
      ["Agora stop done", "Recording is in the storage", "Recorder exited"].every((title) => after.includes(title)) &&
      !JSON.stringify(answer).includes("not taken in yet")
    );
  });
}

async function ask() {
  const { status, body } = await evening.api("GET", "/v1/sessions/7-1/timeline");
  expect(status).toBe(200);
  return timelineAnswer.parse(body);
}

const titles = (of: { entries: Entry[] }) => of.entries.map(({ title }) => title);

/** The entries that say so, in this order. */
function inOrder(...wanted: RegExp[]): Entry[] {
  let from = 0;
  return wanted.map((words) => {
    const at = entries.findIndex(({ title }, i) => i >= from && words.test(title));
    const entry = entries[at];
    if (entry === undefined) {
      throw new Error(`nothing says ${String(words)} after entry ${from}:\n${titles({ entries }).join("\n")}`);
    }
    from = at + 1;
    return entry;
  });
}

describe("the timeline of an evening with failures", () => {
  test("tells the failed start, why it was tried again, and the call that failed", () => {
    const [, , call, failed, again] = inOrder(
      /^Host 1001 joined$/,
      /^Asked Agora to start a recorder: a host is present$/,
      /^Agora start failed, to be tried again \(HTTP 500, code 65\)$/,
      /^Recorder did not start$/,
      /^Asked Agora to start a recorder again: the last one failed \(start: HTTP 500, code 65: /,
    );
    expect(call).toMatchObject({ tone: "bad", call: { status: 500, code: "65", attempt: 1, response: { code: 65 } } });
    expect(failed?.detail).toContain("HTTP 500, code 65");
    expect(again?.effectId).not.toBe(call?.effectId);
    expect(inOrder(/^Waits 0.1 s before the next try$/)[0]?.detail).toMatch(/^tried again after /);
  });

  test("tells that Cloudflare's word never came, what the checkup said, and what was refused", () => {
    const [, , said] = inOrder(
      /^Recorder runs: its start was accepted$/,
      /^Asked Cloudflare how the picture is: it has not said that it arrived$/,
      /^Checkup: Cloudflare says connected$/,
    );
    expect(said).toMatchObject({ tone: "bad", lane: "cloudflare" });
    expect(said?.detail).toMatch(
      /its own word of it never came: nothing .*1 delivery to \/webhooks\/cloudflare\/live refused/,
    );
    expect(inOrder(/^Webhooks refused at the address of Cloudflare/)[0]?.detail).toContain(
      "CLOUDFLARE_NOTIFICATION_SECRET",
    );
  });

  test("tells that the recorder died, that another was started, and how it all ended", () => {
    const [died, , again] = inOrder(
      /^Checkup: Cloudflare says connected$/,
      /^Recorder e(nded|xited)$/,
      /^Recorder of attempt 2 given up: it has ended/,
      /^Asked Agora to start a recorder again: the last one failed \(it has ended/,
      /^Recorder runs: its start was accepted$/,
      /^Host 1001 left$/,
      /^Waits 0.6 s for a host to come back$/,
      /^Session 1 ends: the host left and did not come back in time$/,
      /^Asked Agora to stop the recorder: nobody wants it any more$/,
      /^Session 1 closed: nothing of it runs any more$/,
    ).slice(1);
    expect(died?.detail).toContain("recorder_error");
    expect(again?.detail).toContain("attempt 3");
    expect(clocks).toMatchObject({ agora: { medianMs: expect.any(Number) as number } });
  });

  test("is in order, and each of its entries is one", () => {
    const times = entries.map(({ at }) => at);
    expect(times).toEqual([...times].sort());
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
  });

  test("is the same on the command line", async () => {
    const env = { ...evening.environment, MIGRATE_ON_START: "false" };
    const { code, json } = await runTally(["sessions", "timeline", "7-1", "--json"], { env });
    expect(code).toBe(0);
    expect(titles(timelineAnswer.parse(json()))).toEqual(titles({ entries }));
    const { lines } = await runTally(["sessions", "timeline", "7-1"], { env });
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(await runTally(["sessions", "timeline", "7-9"], { env })).toMatchObject({ code: 1, out: "" });
  });
});
