import { expect, it } from "vitest";

import type { ChannelReplay } from "../../src/engine/index.ts";
import { initialState, type Status } from "../../src/live/index.ts";
import { presentReplay } from "../../src/operators/index.ts";
import { signedLinks } from "../support/playback-links.ts";

const status = { version: 1, playback: null } as Status;
const liveInput = { ...initialState(1).liveInput, uid: "input-a" };
const hls = "https://customer-a.cloudflarestream.com/input-a/manifest/video.m3u8";
const playable = { ...status, version: 2, playback: { hls, dash: hls } } as Status;

/** A channel that has a link now and had none. */
function replayOf(signed: boolean): ChannelReplay {
  return {
    channelId: 1,
    channel: "shop",
    before: status,
    after: playable,
    leadsTo: playable,
    liveInputs: { before: initialState(1).liveInput, after: { ...liveInput, signed } },
    effects: [],
    keptFrom: null,
    isPaid: false,
    changes: [
      { path: "playback", before: null, after: null },
      { path: "playback.hls", before: null, after: hls },
    ],
    sessions: 0,
    isEnded: false,
    hold: false,
    lifted: false,
    differs: true,
  };
}

it("a replay's links are signed where they must be, in its statuses and in what differs", async () => {
  const { links } = signedLinks();
  const shown = await presentReplay(replayOf(true), links);
  expect(shown.after.playback?.hls).toMatch(/\.com\/ey[^/]*\/manifest/);
  expect(shown.changes[1]).toEqual({ path: "playback.hls", before: null, after: shown.after.playback?.hls });
  expect(JSON.stringify(shown)).not.toContain("/input-a/");
  expect(shown).not.toHaveProperty("liveInputs");
  expect((await presentReplay(replayOf(false), links)).changes[1]?.after).toBe(hls);
});

it("links that can't be signed are left out", async () => {
  const links = { present: () => Promise.resolve(null), edition: () => null };
  const shown = await presentReplay(replayOf(true), links);
  expect(shown.after.playback).toBeNull();
  expect(shown.changes.map(({ path }) => path)).toEqual(["playback"]);
});
