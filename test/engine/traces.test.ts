import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { NewEvent } from "../../src/eventlog/index.ts";
import { defaultPolicy } from "../../src/live/index.ts";
import { createRedactor } from "../../src/redaction/index.ts";
import { openTraces, spanned, type Traces } from "../../src/traces/index.ts";
import { rtcEvent } from "../eventlog/deliveries.ts";
import { jsonTraces } from "../support/json-traces.ts";
import { type ReceivedSpan, startTraceReceiver, type TraceReceiver } from "../support/trace-receiver.ts";
import { cloudflareRefusal } from "./providers.ts";
import { log, useWorlds, type World } from "./world.ts";

const file = useWorlds();
let receiver: TraceReceiver;
let traces: Traces;
let world: World;

beforeEach(async () => {
  receiver = await startTraceReceiver();
  traces = await openTraces(jsonTraces(receiver.url), { log, redactor: createRedactor(["hush-hush-hush"]) });
  world = file.open({ policy: { ...defaultPolicy, startRetryMs: [60_000] } }, traces);
});
afterEach(() => receiver.close());

/** What was traced, after everything. */
async function spansOf(channel: string): Promise<ReceivedSpan[]> {
  await world.advancing.idle();
  await traces.close();
  const ofChannel = receiver.spans.filter(({ attributes }) => attributes["tally.channel"] === channel);
  expect(ofChannel.length).toBeGreaterThan(0);
  return ofChannel;
}

/** A webhook's worth of span around what it brings. */
function delivered(name: string, ...events: Parameters<World["deliver"]>): Promise<unknown> {
  return spanned(traces.begin(name, null), () => world.deliver(...events));
}

const find = (spans: ReceivedSpan[], name: string) => spans.filter((span) => span.name === name);
const idOf = (name: string) => receiver.spans.find((span) => span.name === name)?.spanId;

describe("a trace through the engine", () => {
  it("has each attempt at an effect as a span of its own, under the advance that decided it", async () => {
    const channel = "channel_21";
    await delivered("webhook", rtcEvent(103, { channel, uid: 7 }));
    const [ensure] = await world.effects(channel);
    world.fake.answer("findByChannel", () => Promise.reject(new Error("a bug that says hush-hush-hush")));
    await expect(world.perform(ensure?.id ?? 0, { isLast: false })).rejects.toThrow("a bug");
    await world.perform(ensure?.id ?? 0, { isLast: false });

    const spans = await spansOf(channel);
    const [first, second, ...more] = find(spans, "attempt EnsureLiveInput");
    const [advance, afterwards] = find(spans, "advance channel");
    expect(more).toEqual([]);
    expect(first).toMatchObject({
      parentId: advance?.spanId,
      kind: 5,
      error: "a bug that says [redacted]",
      attributes: { "tally.effect_id": ensure?.id, "tally.attempt": 1, "tally.outcome": "threw" },
    });
    expect(second).toMatchObject({
      parentId: advance?.spanId,
      error: null,
      attributes: { "tally.effect_id": ensure?.id, "tally.attempt": 2, "tally.outcome": "succeeded" },
    });
    expect(afterwards?.parentId).toBe(second?.spanId);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  });

  it("goes on with the trace of the first event, and is linked to those of the others", async () => {
    const channel = "channel_22";
    await delivered("first webhook", rtcEvent(103, { channel, uid: 7 }));
    await world.performAll();
    const append = (name: string, event: NewEvent) =>
      spanned(traces.begin(name, null), () => world.eventLog.append(event));
    await file.database.knex.transaction(async (trx) => {
      // Somebody holds the channel, so that both wait for one advance.
      await trx.raw("select from tally.channels where name = ? for no key update", [channel]);
      await append("second webhook", rtcEvent(104, { channel, uid: 7, seq: 2 }));
      await append("third webhook", rtcEvent(103, { channel, uid: 7, seq: 3 }));
      await world.eventLog.idle();
    });
    const spans = await spansOf(channel);
    const appended = receiver.spans.filter(({ name }) => name === "append event");
    const [second, third] = ["second webhook", "third webhook"].map((name) =>
      appended.find(({ parentId }) => parentId === idOf(name)),
    );
    const advance = find(spans, "advance channel").at(-1);
    expect(advance).toMatchObject({ traceId: second?.traceId, parentId: second?.spanId, links: [third?.spanId] });
    expect(advance?.attributes["tally.event_ids"]).toHaveLength(2);
  });

  it("begins anew when a time has come, linked to the advance that set it", async () => {
    const channel = "channel_23";
    await delivered("webhook", rtcEvent(103, { channel, uid: 7 }));
    const { id } = await world.channel(channel);
    const [first] = await world.effects(channel);
    world.fake.answer("findByChannel", () => Promise.resolve(cloudflareRefusal(500)));
    await world.perform(first?.id ?? 0, { isLast: false });
    // The wait before the next try is over at once for whoever goes by another policy.
    const hurried = file.open({ policy: { ...defaultPolicy, startRetryMs: [0] } }, traces);
    expect((await hurried.advancing.advance(id))?.decisions).toEqual(["LiveInputRequested"]);

    const spans = await spansOf(channel);
    const advances = find(spans, "advance channel");
    const woken = advances.at(-1);
    expect(woken).toMatchObject({ parentId: null, kind: 1, links: [advances.at(-2)?.spanId] });
    expect(woken?.traceId).not.toBe(advances.at(-2)?.traceId);
    expect(woken?.attributes["tally.event_ids"]).toEqual([]);
  });

  it("has no span for an advance that finds nothing to do", async () => {
    const channel = "channel_24";
    await delivered("webhook", rtcEvent(104, { channel, uid: 7 }));
    const { id } = await world.channel(channel);
    await world.advancing.advance(id);
    expect(find(await spansOf(channel), "advance channel")).toHaveLength(1);
  });
});
