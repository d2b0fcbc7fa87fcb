import { afterEach, expect, it } from "vitest";

import { createExpiry } from "../../src/engine/expiry.ts";
import { registerChannel, rowsOf } from "../../src/eventlog/index.ts";
import type { SessionVideo } from "../../src/live/index.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { cloudflareRefusal } from "./providers.ts";
import { createWorld, type World } from "./world.ts";

let database: TestDatabase | undefined;
let world: World | undefined;
afterEach(async () => {
  await world?.close();
  await database?.drop();
  [world, database] = [undefined, undefined];
});

const uid = (digit: string) => digit.repeat(32);
const video = (digit: string, rest: Partial<SessionVideo> = {}): SessionVideo => ({
  video: uid(digit),
  ready: true,
  createdAt: null,
  durationSeconds: 60,
  hls: "https://a/video.m3u8",
  dash: null,
  thumbnail: null,
  error: null,
  ...rest,
});

/** A channel whose sessions ended so many days ago, each with these videos. */
async function open(sessions: { days: number; videos: SessionVideo[] }[]) {
  database = await createTestDatabase();
  world = createWorld(database);
  const { knex, schema } = database;
  const id = await registerChannel({ knex, schema }, "shop");
  for (const [i, { days, videos }] of sessions.entries()) {
    await knex.raw(
      `insert into "${schema}".sessions (id, channel_id, number, cause, opened_at, closed_at, videos, video_uids, keeps_video)
       values (?, ?, ?, 'host', now() - make_interval(days => ?), now() - make_interval(days => ?), ?::jsonb, '{}', true)`,
      [`${id}-${i + 1}`, id, i + 1, days, days, JSON.stringify(videos)],
    );
  }
  return { world, tables: { knex, schema }, id };
}

async function expire({ world: its, tables, id }: Awaited<ReturnType<typeof open>>): Promise<number[]> {
  const found = await createExpiry(tables, 14).look();
  await its.advancing.advance(id);
  return found;
}

it("deletes the videos of sessions that ended long enough ago, and shows it in the session", async () => {
  const opened = await open([
    { days: 20, videos: [video("a"), video("b", { ready: false, error: { code: "ERR_UNKNOWN", message: "" } })] },
    { days: 13, videos: [video("c")] },
  ]);
  expect(await expire(opened)).toEqual([opened.id]);
  await opened.world.performAll();
  const deleted = opened.world.fake.calls.filter(({ name }) => name === "deleteVideo").map(({ input }) => input);
  expect(deleted).toEqual([uid("a"), uid("b")]);
  const { knex, schema } = opened.tables;
  const rows = await rowsOf<{ videos: SessionVideo[]; keeps_video: boolean }>(
    knex,
    `select videos, keeps_video from "${schema}".sessions order by number`,
  );
  expect(rows).toMatchObject([
    { keeps_video: false, videos: [{ deletedAt: expect.any(String) as string, ready: false }, { expired: true }] },
    { keeps_video: true, videos: [{ video: uid("c"), ready: true }] },
  ]);
  expect(await expire(opened)).toEqual([]);
});

it("asks for nothing that is live, being made, or no id of Cloudflare's, nor anything without a limit", async () => {
  const opened = await open([
    { days: 99, videos: [video("a", { ready: false }), video("b", { video: "live_inputs" })] },
  ]);
  expect(await expire(opened)).toEqual([]);
  expect(await createExpiry(opened.tables, null).look()).toEqual([]);
});

it("takes ten at a time", async () => {
  const opened = await open([{ days: 20, videos: Array.from({ length: 16 }, (_, i) => video(i.toString(16))) }]);
  await expire(opened);
  expect(await opened.world.effects("shop")).toHaveLength(10);
  await expire(opened);
  expect(await opened.world.effects("shop")).toHaveLength(16);
});

it("does not make the same refused deletion again at once", async () => {
  const opened = await open([{ days: 20, videos: [video("a")] }]);
  await expire(opened);
  opened.world.fake.answer("deleteVideo", () => Promise.resolve(cloudflareRefusal(403, { final: true })));
  await opened.world.performAll();
  expect(await expire(opened)).toEqual([]);
  expect(await opened.world.effects("shop")).toMatchObject([{ status: "failed" }]);
});
