import { jwtVerify } from "jose";
import { describe, expect, test } from "vitest";

import { readSigningKey } from "../../src/config/signing-key.ts";
import { initialState, type Status } from "../../src/live/index.ts";
import { createPlaybackLinks, presentStatus, presentVideos } from "../../src/playback/index.ts";
import { logLines } from "../support/log-lines.ts";
import { createSigningKey } from "../support/playback-links.ts";

const base = "https://customer-a.cloudflarestream.com";
const hour = 3_600_000;
const t0 = Date.UTC(2026, 0, 1);
const key = createSigningKey();
const hls = (uid: string) => `${base}/${uid}/manifest/video.m3u8`;

/** Links of a service whose clock stands where the test puts it. */
function links(options: { signing?: null; requireSigned?: boolean } = {}) {
  const clock = { now: t0 };
  const { log, lines } = logLines();
  const signing = options.signing === null ? null : { keyId: key.keyId, key: key.key };
  const settings = { signing, requireSigned: options.requireSigned ?? false, tokenLifetimeMs: 4 * hour };
  return { links: createPlaybackLinks(settings, { log, now: () => clock.now }), clock, lines };
}

const tokenIn = (link: string | null | undefined) => /\.com\/([^/]+)\//.exec(link ?? "")?.[1] ?? "";

describe("a link that must be signed", () => {
  test("has a token of the account's key in place of the uid, for this uid alone and for a time", async () => {
    const { links: signed } = links();
    const shown = await signed.present({ hls: hls("uid-1"), dash: null }, "uid-1", true);
    expect(shown?.dash).toBeNull();
    expect(shown?.hls).toMatch(
      /^https:\/\/customer-a\.cloudflarestream\.com\/[\w-]+\.[\w-]+\.[\w-]+\/manifest\/video\.m3u8$/,
    );
    const { payload, protectedHeader } = await jwtVerify(tokenIn(shown?.hls), key.publicKey, {
      currentDate: new Date(t0),
    });
    expect(protectedHeader).toEqual({ alg: "RS256", kid: "key-1" });
    expect(payload).toEqual({ sub: "uid-1", kid: "key-1", exp: t0 / 1000 + (4 * hour) / 1000 });
  });

  test("stays the same for a quarter of its life, and is good for the other three when it is given out", async () => {
    const { links: signed, clock } = links();
    const at = async (ms: number) => {
      clock.now = t0 + ms;
      return {
        link: (await signed.present({ hls: hls("a") }, "a", true))?.hls ?? "",
        edition: signed.edition(true)?.number,
      };
    };
    const first = await at(0);
    expect(await at(hour - 1)).toEqual(first);
    const next = await at(hour);
    expect(next.link).not.toBe(first.link);
    expect(next.edition).toBe((first.edition ?? 0) + 1);
    const { payload } = await jwtVerify(tokenIn(first.link), key.publicKey, { currentDate: new Date(t0) });
    expect((payload.exp ?? 0) * 1000 - (t0 + hour - 1)).toBeGreaterThanOrEqual(3 * hour);
  });

  test("is signed as Cloudflare says of it; where it says nothing, as it is set", async () => {
    const required = links({ requireSigned: true }).links;
    const allowed = links().links;
    const isSigned = async (of: typeof required, signed: boolean | undefined) =>
      (await of.present({ hls: hls("a") }, "a", signed))?.hls !== hls("a");
    expect(await isSigned(required, undefined)).toBe(true);
    expect(await isSigned(required, false)).toBe(false);
    expect(await isSigned(allowed, undefined)).toBe(false);
    expect(await isSigned(allowed, true)).toBe(true);
    expect(allowed.edition(undefined)).toBeNull();
  });

  test("is left out without a key, and the log says once what to do", async () => {
    const { links: keyless, lines } = links({ signing: null });
    expect(await keyless.present({ hls: hls("a") }, "a", true)).toBeNull();
    expect(await keyless.present({ hls: hls("a") }, "a", true)).toBeNull();
    expect(keyless.edition(true)).toBeNull();
    const told = lines.filter(({ msg }) => msg === "playback.no_signing_key");
    expect(told).toMatchObject([{ uid: "a", reason: expect.stringContaining("SIGNING_KEY_ID") as string }]);
  });
});

describe("a status", () => {
  const playback = { hls: hls("input"), dash: hls("input"), iframe: `${base}/input/iframe` };
  const status = { version: 7, playback } as Status;
  const liveInput = { ...initialState(1).liveInput, uid: "input" };

  test("is tagged with its version alone as long as its links are plain", async () => {
    const presented = await presentStatus(status, liveInput, links().links);
    expect(presented).toEqual({ status, etag: '"7"', changesInMs: null });
  });

  test("with signed links gets another tag with the next links, though its version stays", async () => {
    const { links: signed, clock } = links();
    const show = () => presentStatus(status, { ...liveInput, signed: true }, signed);
    clock.now = t0 + 10_000;
    const first = await show();
    expect(first.etag).toMatch(/^"7-\d+"$/);
    expect(first.changesInMs).toBe(hour - 10_000);
    expect(first.status.playback?.iframe).toBe(`${base}/${tokenIn(first.status.playback?.hls)}/iframe`);
    clock.now = t0 + hour;
    const next = await show();
    expect(next.etag).not.toBe(first.etag);
    expect(next.status.playback).not.toEqual(first.status.playback);
  });

  test("has no links, and its version's tag, where they can't be signed", async () => {
    const presented = await presentStatus(status, { ...liveInput, signed: true }, links({ signing: null }).links);
    expect(presented).toMatchObject({ status: { playback: null }, etag: '"7"' });
  });

  test("without links is as it is", async () => {
    const idle = { ...status, playback: null };
    const presented = await presentStatus(idle, { ...liveInput, signed: true }, links().links);
    expect(presented).toEqual({ status: idle, etag: '"7"', changesInMs: null });
  });
});

test("a session's videos are shown each by its own: signed, plain, or gone", async () => {
  const facts = { createdAt: null, durationSeconds: 5, dash: null, error: null, ready: true };
  const video = (uid: string, rest: object = {}) => ({
    video: uid,
    ...facts,
    hls: hls(uid),
    thumbnail: `${base}/${uid}/thumbnails/thumbnail.jpg`,
    ...rest,
  });
  const stored = [
    video("a", { signed: true }),
    video("b"),
    video("c", { ready: false, deletedAt: "2026-01-01T00:00:00.000Z" }),
  ];
  const { video: main, videos } = await presentVideos(stored, links().links);
  expect(main?.uid).toBe("a");
  expect(tokenIn(videos[0]?.thumbnail)).toBe(tokenIn(videos[0]?.hls));
  expect(tokenIn(videos[0]?.hls)).not.toBe("a");
  expect(videos[1]?.hls).toBe(hls("b"));
  expect(videos[2]).toMatchObject({ hls: null, thumbnail: null, ready: false, deletedAt: "2026-01-01T00:00:00.000Z" });
  expect(await presentVideos([], links().links)).toEqual({ video: null, videos: [] });
});

test("a signing key is read in both forms in which Cloudflare gives it, and nothing else is one", () => {
  const expected = key.key.export({ type: "pkcs1", format: "pem" });
  for (const text of [key.pem, key.jwk]) {
    expect(readSigningKey(text)?.export({ type: "pkcs1", format: "pem" })).toEqual(expected);
  }
  const publicPem = Buffer.from(key.publicKey.export({ type: "spki", format: "pem" }).toString()).toString("base64");
  for (const text of ["", "key", publicPem, Buffer.from("{}").toString("base64"), "ÿ"]) {
    expect(readSigningKey(text)).toBeUndefined();
  }
});
