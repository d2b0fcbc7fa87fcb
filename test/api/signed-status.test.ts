import { beforeAll, describe, expect, it, onTestFinished } from "vitest";

import { channelAnswer } from "../../src/api/schemas.ts";
import { statusAnswer } from "../../src/api/status-schema.ts";
import { signedLinks } from "../support/playback-links.ts";
import { openStream } from "./events.ts";
import { type Service, useService } from "./service.ts";

const hour = 3_600_000;
/** A moment before the next edition of the links. */
const editionMs = hour;
const eve = Date.UTC(2026, 0, 1) + editionMs - 20;
const { links, clock } = signedLinks({ tokenLifetimeMs: 4 * editionMs, at: eve });
const started = useService({ links });
let service: Service;
beforeAll(() => {
  service = started();
});

/** A channel whose viewers have a link. @returns its status's version */
async function goOnAir(name: string): Promise<number> {
  clock.now = eve;
  const registered = await service.call("put", `/v1/channels/${name}`).expect(201);
  const { id } = channelAnswer.parse(registered.body);
  await service.notifyAndWait(103, name, 1001);
  const playbackBase = "https://customer-a.cloudflarestream.com";
  await service.tell(id, { type: "LiveInputReady", liveInput: `input-of-${name}`, playbackBase });
  const status = await service.call("get", `/v1/channels/${name}/status`).expect(200);
  return statusAnswer.parse(status.body).version;
}

async function open(name: string, headers: Record<string, string> = {}) {
  const stream = await openStream(service, name, headers);
  onTestFinished(stream.close);
  return stream;
}

const subOf = (link: string | undefined) => {
  const [, claims = ""] = /\.com\/[^/.]+\.([^/.]+)/.exec(link ?? "") ?? [];
  return (JSON.parse(Buffer.from(claims, "base64url").toString()) as { sub: string }).sub;
};

describe("a status with signed links", () => {
  it("is answered 304 to its tag for as long as the links are the same, and not longer", async () => {
    const version = await goOnAir("tagged");
    const get = (etag = "") => service.call("get", "/v1/channels/tagged/status").set("if-none-match", etag);
    const first = await get();
    const etag = first.headers.etag ?? "";
    expect(etag).toMatch(new RegExp(`^"${version}-\\d+"$`));
    clock.now = eve + 19;
    expect((await get(etag)).status).toBe(304);
    expect((await get(`"${version}"`)).status).toBe(200);

    clock.now = eve + editionMs;
    const next = await get(etag);
    expect(next.status).toBe(200);
    expect(next.headers.etag).not.toBe(etag);
    const [before, after] = [statusAnswer.parse(first.body), statusAnswer.parse(next.body)];
    expect(after.version).toBe(before.version);
    expect(after.playback?.hls).not.toBe(before.playback?.hls);
    expect(subOf(after.playback?.hls)).toBe("input-of-tagged");
  });

  it("comes again on its stream with the next links, under the same id", async () => {
    const version = await goOnAir("renewed");
    const stream = await open("renewed");
    const first = await stream.next();
    clock.now = eve + editionMs;
    const second = await stream.next();
    expect([first.id, second.id]).toEqual([String(version), String(version)]);
    const { playback } = second.status;
    expect(playback?.hls).not.toBe(first.status.playback?.hls);
    expect({ ...second.status, playback: null }).toEqual({ ...first.status, playback: null });
    const now = await service.call("get", "/v1/channels/renewed/status");
    expect(playback).toEqual(statusAnswer.parse(now.body).playback);
  });

  it("comes to who returns with its version too, since the links that they have may have ended", async () => {
    const version = await goOnAir("returned");
    const { next } = await open("returned", { "last-event-id": String(version) });
    const { id, status } = await next();
    expect(id).toBe(String(version));
    expect(subOf(status.playback?.dash)).toBe("input-of-returned");
  });
});
