import { createDatabase } from "../src/db/index.ts";
import { historyOf, rowsOf, type Selected, selectEvents, type Tables } from "../src/eventlog/index.ts";
import { defaultPolicy, initialState } from "../src/live/index.ts";
import { createLogger } from "../src/log.ts";
import { beginReplay, planReplay, runReplay } from "../src/operators/index.ts";
import { interpret } from "../src/webhooks/index.ts";
import { table } from "./table.ts";

const schema = "tally";
const rules = { policy: defaultPolicy, interpret, defaultMode: "cloud-recording" } as const;
const mode = { act: false };
const eventsOfMany = 100;

/**
 * Events a second of reading histories, of planning a replay of them, and of doing it with code that changes nothing: of
 * many channels with short histories, and of one with a long one.
 */
export async function measureReplay({ url, events }: { url: string; events: number }): Promise<string> {
  const database = createDatabase({ url, schema, poolMax: 4, log: createLogger({ level: "fatal" }) });
  try {
    const many = Math.max(1, Math.round(events / eventsOfMany));
    const rows: string[][] = [];
    for (const [channels, eventsOfEach] of [
      [many, eventsOfMany],
      [1, events],
    ] as const) {
      await fill(database, { channels, sessions: Math.ceil(eventsOfEach / cycle.length) });
      rows.push([`${channels} × ${eventsOfEach}`, ...(await measure(database, await selectEvents(database, {})))]);
    }
    const head = ["channels × events", "read", "plan", "of it", "replay", "of it", "MB at most"];
    return table(
      "Events a second: histories that are read, planned to be replayed, and replayed unchanged",
      head,
      rows,
    );
  } finally {
    await database.close();
  }
}

async function measure(tables: Tables, selected: Selected): Promise<string[]> {
  // What is stored was never folded: the first replay makes it what the others find.
  await drain(runReplay(tables, await beginReplay(tables, selected, mode, "bench"), rules, "bench"));
  let most = 0;
  const speed = async (work: (count: (events: number) => void) => Promise<void>): Promise<number> => {
    let done = 0;
    const startedAt = performance.now();
    await work((events) => {
      done += events;
      most = Math.max(most, process.memoryUsage.rss());
    });
    return done / ((performance.now() - startedAt) / 1000);
  };
  const read = await speed(async (count) => {
    for (const { channelId } of selected.channels) {
      await tables.knex.transaction(async (trx) => {
        let events = 0;
        for await (const _ of historyOf(trx, schema, channelId)) if (++events % 1000 === 0) count(1000);
        count(events % 1000);
      });
    }
  });
  const plan = await speed((count) => drain(planReplay(tables, selected, rules, mode, count)));
  const started = await beginReplay(tables, selected, mode, "bench");
  const replay = await speed((count) => drain(runReplay(tables, started, rules, "bench", count)));
  const share = (of: number) => (of / read).toFixed(2);
  const whole = (value: number) => Math.round(value).toLocaleString("en-US");
  return [whole(read), whole(plan), share(plan), whole(replay), share(replay), (most / 2 ** 20).toFixed(0)];
}

async function drain(replays: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of replays);
}

/** A broadcast with guests, from the host's join to its video; `{n}` is its number. */
const cycle: readonly (readonly [source: string, type: string, payload: object])[] = [
  ["agora", "rtc.103", rtc(103, 7)],
  ["tally", "SessionOpened", { type: "SessionOpened", session: "{n}", cause: "host" }],
  ["tally", "LiveInputReady", { type: "LiveInputReady", liveInput: "input-{channel}", playbackBase: null }],
  [
    "tally",
    "RelayRequested",
    { type: "RelayRequested", session: "{n}", attempt: 1, uid: 999, mode: "cloud-recording", resourceId: null },
  ],
  ["tally", "RecorderAcquired", { type: "RecorderAcquired", session: "{n}", attempt: 1, uid: 999, resourceId: "r{n}" }],
  ["tally", "RecorderStartAccepted", { type: "RecorderStartAccepted", resourceId: "r{n}", recordingSid: "s{n}" }],
  ["cloudflare", "live_input.connected", ingest("connected")],
  ...[8, 9, 10].flatMap((guest) => [
    ["agora", "rtc.103", rtc(103, guest)] as const,
    ["agora", "rtc.104", rtc(104, guest)] as const,
  ]),
  ["agora", "rtc.104", rtc(104, 7)],
  ["tally", "SessionEnding", { type: "SessionEnding", session: "{n}", reason: "host_left" }],
  ["tally", "RecorderStopRequested", { type: "RecorderStopRequested", resourceId: "r{n}", round: 1 }],
  ["tally", "RecorderStopConfirmed", { type: "RecorderStopConfirmed", resourceId: "r{n}", round: 1 }],
  ["cloudflare", "live_input.disconnected", ingest("disconnected")],
  ["tally", "SessionClosed", { type: "SessionClosed", session: "{n}", reason: "host_left" }],
  [
    "cloudflare",
    "video.ready",
    { uid: "video-{channel}-{n}", liveInput: "input-{channel}", status: { state: "ready" }, created: "{time}" },
  ],
];

function rtc(eventType: number, uid: number) {
  return {
    noticeId: "{n}",
    productId: 1,
    eventType,
    notifyMs: 1767225600000,
    payload: { channelName: "{channel}", uid, platform: 1, clientSeq: "{n}", ts: 1767225600 },
  };
}

function ingest(what: string) {
  return { data: { input_id: "input-{channel}", event_type: `live_input.${what}`, updated_at: "{time}" } };
}

/** In SQL, since a million events through the front door would take longer than everything that is measured. */
async function fill({ knex }: Tables, of: { channels: number; sessions: number }): Promise<void> {
  await knex.raw("truncate tally.channels cascade");
  await rowsOf(
    knex,
    `insert into tally.channels (id, name, state)
     select c, 'replay-' || c, jsonb_set(:state, '{channelId}', to_jsonb(c)) from generate_series(1, :channels::integer) c`,
    { channels: of.channels, state: JSON.stringify(initialState(0)) },
  );
  const events = cycle.map(([source, type, payload], at) => ({ at, source, type, payload: JSON.stringify(payload) }));
  const slice = Math.ceil(filledMost / (of.channels * cycle.length));
  for (let first = 1; first <= of.sessions; first += slice) {
    const values = { ...of, first, last: Math.min(of.sessions, first + slice - 1), events: JSON.stringify(events) };
    await rowsOf(knex, fillSql, values);
  }
  await knex.raw("vacuum analyze tally.events");
}

/** Events in one statement, about, so that none takes longer than a statement may. */
const filledMost = 20_000;

const fillSql = `
  insert into tally.events (source, dedupe_key, type, route_kind, route_key, channel_id, payload, status,
    applied_at, applied_version, received_at)
  select e.source, concat_ws(':', c, n, e.at), e.type, 'channel', 'replay-' || c, c,
    replace(replace(replace(replace(e.payload, '"{n}"', n::text), '{n}', n::text), '{channel}', 'replay-' || c),
      '{time}', to_char(received.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))::jsonb,
    'applied', now(), n * ${cycle.length} + e.at, received.at
  from generate_series(1, :channels::integer) c, generate_series(:first::integer, :last::integer) n,
    jsonb_to_recordset(:events::jsonb) as e (at integer, source text, type text, payload text),
    lateral (select timestamptz '2026-01-01' + n * interval '2 minutes' + e.at * interval '5 seconds' as at) received
  order by n, c, e.at`;
