import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createSandbox, type Sandbox } from "../../../src/sandbox/index.ts";
import { isBrowserThere, launchChromium } from "../../stage/browser/chromium.ts";
import { createInput, startRecorder } from "../bodies.ts";
import { agoraClient, cloudflareClient, env } from "../clients.ts";

const soon = <T>(read: () => Promise<T>) => expect.poll(read, { timeout: 20_000 });

/** Plays what its query names, as a seller's app would. */
const page = `<!doctype html><video muted></video><script src="/hls.js"></script><script>
  const video = document.querySelector("video");
  const hls = new Hls();
  hls.loadSource(decodeURIComponent(location.search.slice(1)));
  hls.attachMedia(video);
  hls.on(Hls.Events.MANIFEST_PARSED, () => video.play());
</script>`;

describe.skipIf(!isBrowserThere())("in a browser", () => {
  let browser: Browser;
  let app: Server;
  let sandbox: Sandbox;

  beforeAll(async () => {
    const hls = await readFile(fileURLToPath(import.meta.resolve("hls.js/dist/hls.min.js")));
    app = createServer((request, response) => {
      const isScript = request.url === "/hls.js";
      response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
      response.end(isScript ? hls : page);
    });
    await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
    browser = await launchChromium();
    sandbox = await createSandbox({ settings: { pace: 0.01, delays: { videoReadyMs: 0 } } });
  });
  afterAll(async () => {
    await browser.close();
    await sandbox.close();
    await new Promise((resolve) => app.close(resolve));
  });

  async function open(uid: string): Promise<Page> {
    const url = `${env(sandbox, "CLOUDFLARE_PLAYBACK_URL")}/${uid}/manifest/video.m3u8`;
    const opened = await browser.newPage();
    await opened.goto(`http://127.0.0.1:${(app.address() as AddressInfo).port}/?${encodeURIComponent(url)}`);
    return opened;
  }
  const read = <T>(at: Page, what: string) => at.evaluate<T>(`document.querySelector("video").${what}`);

  test("a live broadcast plays across the end of the loop, and then its recording to its end", async () => {
    const { uid, rtmpUrl } = await createInput(cloudflareClient(sandbox));
    const { sid } = await startRecorder(agoraClient(sandbox), { rtmpUrl });
    const status = async () => (await fetchStatus(uid)).live;
    await soon(status).toBe(true);
    const { videoUID } = await fetchStatus(uid);

    const live = await open(uid);
    // The picture begins anew after 8 s.
    await soon(() => read<number>(live, "currentTime")).toBeGreaterThan(9);
    expect(await read<number>(live, "videoWidth")).toBe(320);

    sandbox.control.dropPush(sid);
    await sandbox.control.until("the recording is ready", ({ webhooks }) =>
      webhooks.some(({ kind }) => kind === "cloudflare-video"),
    );
    const recording = await open(videoUID);
    await soon(() => read<number>(recording, "currentTime")).toBeGreaterThan(0);
    expect(await read<number>(recording, "duration")).toBeGreaterThan(8);
    await recording.evaluate(`document.querySelector("video").currentTime = 1e9`);
    await soon(() => read<boolean>(recording, "ended")).toBe(true);
  }, 60_000);

  async function fetchStatus(uid: string): Promise<{ live: boolean; videoUID: string }> {
    const answer = await fetch(`${env(sandbox, "CLOUDFLARE_PLAYBACK_URL")}/${uid}/lifecycle`);
    return (await answer.json()) as { live: boolean; videoUID: string };
  }
});
