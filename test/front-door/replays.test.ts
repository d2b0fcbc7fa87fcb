import { beforeAll, expect, it } from "vitest";

import type { Service } from "../api/service.ts";
import { type Door, fixtures } from "../webhooks/support.ts";
import { signNow, useFrontDoor } from "./service.ts";

/** One delivery as it was recorded on its way: whoever has it can send it again, and can sign nothing else. */
interface Recorded {
  door: Door;
  body: Buffer;
  signature: Record<string, string>;
}

const started = useFrontDoor();
let service: Service;
beforeAll(() => {
  service = started();
});

/** Every row that a webhook could change, as text. Jobs too: a second one would be a second call to a provider. */
async function everything(): Promise<string[]> {
  const { knex, schema } = service.database;
  const tables = ["channels", "events", "effects", "sessions", "stream_metrics"].map((name) => `${schema}.${name}`);
  const rows = tables.map((table) => `select '${table}' || ' ' || to_jsonb(t)::text as row from ${table} t`);
  const jobs = `select 'jobs ' || id::text || ' ' || task_id::text as row from ${schema}_jobs._private_jobs`;
  const answer = await knex.raw<{ rows: { row: string }[] }>([...rows, jobs].join(" union all "));
  return answer.rows.map(({ row }) => row).sort();
}

async function post({ door, body, signature }: Recorded, headers: Record<string, string> = {}): Promise<unknown> {
  const response = await fetch(`${service.url}/webhooks${door}`, {
    method: "POST",
    headers: { ...headers, ...signature },
    body: new Uint8Array(body),
  });
  expect(response.status).toBe(200);
  return response.json();
}

/** What can be changed of a recorded delivery without breaking its signature. */
const disguises: Record<string, string>[] = [
  {},
  { "content-type": "text/plain", "user-agent": "curl", "x-request-id": "another" },
  { "x-forwarded-for": "198.51.100.7, 203.0.113.7", "cf-ray": "another", date: "Thu, 01 Jan 1970 00:00:00 GMT" },
];

it("any recorded delivery, sent again however often, in any order and with other headers, changes nothing", async () => {
  const now = Math.floor(Date.now() / 1000);
  // A host who is there now, so that the recordings lead to a session, decisions and jobs.
  const join = {
    noticeId: "join",
    productId: 1,
    eventType: 103,
    notifyMs: now * 1000,
    payload: { channelName: "channel_42", uid: 7, clientSeq: 1, ts: now, platform: 7 },
  };
  const bodies = [{ door: "/agora" as const, bytes: Buffer.from(JSON.stringify(join)) }, ...fixtures];
  const recorded = bodies.map(({ door, bytes }) => ({ door, body: bytes, signature: signNow(door, bytes) }));
  for (const delivery of recorded) expect(await post(delivery)).toEqual({ received: true });
  await service.settled();

  const before = await everything();
  const counted = (name: string) => before.filter((row) => row.startsWith(name)).length;
  expect(counted("tally.sessions")).toBeGreaterThan(0);
  expect(counted("tally.effects")).toBeGreaterThan(0);
  expect(counted("jobs")).toBeGreaterThan(0);

  for (const disguise of disguises) {
    for (const delivery of [...recorded].reverse()) {
      expect(await post(delivery, disguise)).toEqual({ received: true, duplicate: true });
    }
  }
  const atOnce = await Promise.all(recorded.flatMap((delivery) => [post(delivery), post(delivery)]));
  for (const answer of atOnce) expect(answer).toEqual({ received: true, duplicate: true });
  await service.settled();
  expect(await everything()).toEqual(before);
});
