import { readFileSync } from "node:fs";

import fetch from "node-fetch";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Evening, openEvening } from "../scenarios/evening.ts";
import { until } from "../scenarios/process.ts";
import { logLines } from "../support/log-lines.ts";
import { metricsOfDashboard, metricsOfRules } from "./metrics-used.ts";
import { familiesOf, sampleOf, scrape } from "./scrape.ts";

const channel = "channel_7";
const logged = logLines();
/** A histogram is one metric, whichever of its series is asked for. */
const withoutSuffix = (name: string) => name.replace(/_(bucket|count|sum)$/, "");
let evening: Evening;
let url: string;

beforeAll(async () => {
  evening = await openEvening({}, logged.log);
  ({ url } = await evening.start());
  const { control } = evening.sandbox;
  control.join(channel, 1001, "host");
  await evening.until(channel, "live", ({ live }) => live);
  await post("/webhooks/agora", "{}");
}, 60_000);
afterAll(() => evening.close());

function post(path: string, body: string): Promise<unknown> {
  return fetch(url + path, { method: "POST", headers: { "content-type": "application/json" }, body });
}

describe("the figures of an evening", () => {
  it("tell that a channel is live, and for how long its recorder has run", async () => {
    const text = await scrape(url);
    expect(sampleOf(text, "tally_db_channels_live")).toBe(1);
    expect(sampleOf(text, "tally_db_sessions_open")).toBe(1);
    expect(sampleOf(text, "tally_db_channels_dark")).toBe(0);
    expect(sampleOf(text, "tally_db_channels_hostless")).toBe(0);
    expect(sampleOf(text, "tally_db_processes")).toBe(1);
    expect(sampleOf(text, "tally_db_effects_dead")).toBe(0);
    expect(sampleOf(text, 'tally_db_recorder_seconds{host="present"}')).toBeGreaterThan(0);
    expect(sampleOf(text, 'tally_db_recorder_seconds{host="absent"}')).toBe(0);
  });

  it("count webhooks by what became of them, and those that were refused by why", async () => {
    const text = await scrape(url);
    expect(sampleOf(text, 'tally_webhooks_total{source="agora",type="rtc.103",outcome="stored"}')).toBe(1);
    expect(
      sampleOf(text, 'tally_webhooks_total{source="cloudflare",type="live_input.connected",outcome="stored"}'),
    ).toBe(1);
    expect(sampleOf(text, 'tally_webhook_ack_seconds_count{source="agora",outcome="refused"}')).toBe(1);
    expect(text).toMatch(/^tally_webhooks_refused_total\{source="agora",door="\/agora",why="no Agora-Sig[^"]*"\} 1$/m);
    expect(sampleOf(text, 'tally_events_folded_total{source="agora",type="rtc.103",outcome="applied"}')).toBe(1);
  });

  it("tell how soon after the host's webhook the first call began, and how calls went", async () => {
    // Which webhook it was is asked beside the call.
    const waits = 'tally_webhook_to_call_seconds_count{effect="EnsureLiveInput"}';
    await until("the wait is counted", async () => sampleOf(await scrape(url), waits) === 1);
    const text = await scrape(url);
    const sum = sampleOf(text, 'tally_webhook_to_call_seconds_sum{effect="EnsureLiveInput"}') ?? NaN;
    expect(sum).toBeGreaterThan(0);
    expect(text).toMatch(
      /^tally_provider_call_seconds_count\{provider="agora",operation="start",outcome="\w+",status="2xx"\} 1$/m,
    );
    expect(sampleOf(text, 'tally_effect_attempts_total{type="StartRelay",outcome="succeeded"}')).toBe(1);
  });

  it("are for keys only, in the header", async () => {
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
    const seller = await evening.api("POST", `/v1/channels/${channel}/status-token`, {});
    const { token } = seller.body as { token: string };
    const authorization = `Bearer ${token}`;
    expect((await fetch(`${url}/metrics`, { headers: { authorization } })).status).toBe(403);
    expect((await fetch(`${url}/metrics?token=${token}`)).status).toBe(401);
  });

  it("are all that the alerts and the dashboard ask for", async () => {
    const families = familiesOf(await scrape(url));
    const folder = new URL("../../deploy/", import.meta.url);
    const rules = metricsOfRules(readFileSync(new URL("prometheus/alerts.yml", folder), "utf8"));
    const dashboard = metricsOfDashboard(readFileSync(new URL("grafana/tally.json", folder), "utf8"));
    expect(rules.length).toBeGreaterThan(10);
    expect([...rules, ...dashboard].filter((name) => name !== "up" && !families.has(name))).toEqual([]);
    // And nothing that we count ourselves is shown to nobody.
    const ours = [...families].filter((name) => name.startsWith("tally_"));
    const roots = new Set([...rules, ...dashboard].map(withoutSuffix));
    expect(ours.map(withoutSuffix).filter((name) => !roots.has(name))).toEqual([]);
  });

  it("are described, all of ours, in docs/operations.md", async () => {
    const docs = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");
    const text = await scrape(url);
    const ours = [...text.matchAll(/^# TYPE (tally_\w+) (\w+)$/gm)].map(([, name = "", type = ""]) => ({ name, type }));
    expect(ours.length).toBeGreaterThan(25);
    expect(ours.filter(({ name, type }) => !new RegExp(`^\\| \`${name}\` +\\| ${type} `, "m").test(docs))).toEqual([]);
  });
});

describe("the log of an evening", () => {
  const linesOf = (msg: string) => logged.lines.filter((line) => line.msg === msg);

  it("has exactly one line for each delivery", async () => {
    await logged.seen("webhook.received", ({ type }) => type === "live_input.connected");
    const received = linesOf("webhook.received");
    const rows = await evening.sql<{ id: number }>(
      "select id from tally.events where source in ('agora', 'cloudflare') order by id",
    );
    const stored = received.filter(({ outcome }) => outcome === "stored").map(({ eventId }) => eventId);
    expect(stored.sort((a, b) => Number(a) - Number(b))).toEqual(rows.map(({ id }) => id));
    expect(received.filter(({ outcome }) => outcome === "unauthenticated")).toHaveLength(1);
  });

  it("leads from a webhook by ids to the advance, the attempt and the call", async () => {
    const joined = await logged.seen("webhook.received", ({ type }) => type === "rtc.103");
    const advanced = await logged.seen("channel.advanced", ({ events }) =>
      (events as unknown[]).includes(joined.eventId),
    );
    expect(advanced).toMatchObject({ channel, wakeAt: expect.any(String) as string, ms: expect.any(Number) as number });
    const attempted = await logged.seen("effect.attempted", ({ type }) => type === "StartRelay");
    expect(attempted).toMatchObject({ channel, attempt: 1, outcome: "succeeded", ms: expect.any(Number) as number });
    const called = linesOf("provider.called").filter(({ effectId }) => effectId === attempted.effectId);
    expect(called.map(({ operation }) => operation)).toEqual(["get_live_input", "acquire", "start"]);
    expect(linesOf("effect.attempted").filter(({ effectId }) => effectId === attempted.effectId)).toHaveLength(1);
  });
});
