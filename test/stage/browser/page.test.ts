import { mkdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { inflateSync } from "node:zlib";

import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { type Service, startService } from "../../api/service.ts";
import { createTestDatabase } from "../../support/database.ts";
import { type LiveChannel, liveChannel } from "../live-channel.ts";
import { buildPageWithStandIn } from "./build-page.ts";
import { isBrowserThere, launchChromium } from "./chromium.ts";
import { type Guest, landscape, openGuest, type Size, upright } from "./guest.ts";

/** What is to come needs a moment, and on a busy machine more than one. */
const soon = <T>(read: () => T) => expect.poll(read, { timeout: 15_000 });
/** Looked at by people, checked by nobody. */
const screenshots = join(tmpdir(), `tally-stage-screenshots-${userInfo().username}`);
const red = [200, 40, 40];
const blue = [40, 70, 200];
const white = [255, 255, 255];
const ground = [20, 22, 26];

describe.skipIf(!isBrowserThere())("the stage's page", () => {
  let service: Service;
  let browser: Browser;
  let pageFolder: string;
  let guests: Guest[] = [];
  let channels = 0;

  beforeAll(async () => {
    [pageFolder, browser] = await Promise.all([buildPageWithStandIn(), launchChromium()]);
    await mkdir(screenshots, { recursive: true });
    service = await startService(await createTestDatabase(), {
      stage: { logoUrl: null, overlayUrl: null, pageFolder },
    });
  });
  afterAll(async () => {
    await browser.close();
    await service.close();
    await service.database.drop();
    await rm(pageFolder, { recursive: true, force: true });
  });
  afterEach(async () => {
    const seen = await Promise.all(
      guests.map(async ({ page, problems }) => [
        ...problems,
        ...(await page.evaluate<string[]>("window.violations ?? []")),
      ]),
    );
    await Promise.all(guests.map(({ context }) => context.close()));
    guests = [];
    expect(seen.flat()).toEqual([]);
  });

  async function open(channel: LiveChannel, options: Parameters<typeof openGuest>[2] = {}): Promise<Guest> {
    const guest = await openGuest(browser, service.url + channel.path, options);
    guests.push(guest);
    return guest;
  }

  /** A page that has joined its channel. */
  async function joined(options: Parameters<typeof openGuest>[2] = {}): Promise<Guest> {
    const guest = await open(await newChannel(), options);
    await hasJoined(guest);
    return guest;
  }

  const newChannel = () => liveChannel(service, `page-${++channels}`);
  const hasJoined = (guest: Guest, times = 1) => soon(() => guest.agora((agora) => agora.joins.length)).toBe(times);
  const cards = (guest: Guest) => soon(async () => (await guest.tiles()).map(({ card }) => card));
  const shoot = (guest: Guest, name: string) => guest.page.screenshot({ path: join(screenshots, `${name}.png`) });
  const ready = (guest: Guest) => guest.page.evaluate(() => window.ready);
  const fills = ({ width, height }: Size) => [{ card: null, x: 0, y: 0, width, height }];
  const near = (colour: number[]) => colour.map((value) => expect.closeTo(value, -1.5) as number);

  it("shows one host full-screen, to the last edge", async () => {
    const guest = await joined();
    await guest.agora((agora) => agora.enter(1001, { colour: "rgb(200,40,40)" }));
    await cards(guest).toEqual([null]);
    expect(await guest.tiles()).toEqual(fills(landscape));
    expect(await guest.card()).toBeNull();
    expect(await guest.colours([640, 40], [2, 360], [1277, 360], [640, 2], [640, 717])).toEqual(
      [red, white, white, white, white].map(near),
    );
    await shoot(guest, "one-landscape");
  });

  it("fills a window that stands upright, and shows what lies across it whole", async () => {
    const guest = await joined({ size: upright });
    await guest.agora((agora) => agora.enter(1001, { colour: "rgb(200,40,40)", width: 360, height: 640 }));
    await cards(guest).toEqual([null]);
    expect(await guest.tiles()).toEqual(fills(upright));
    expect(await guest.colours([360, 60], [4, 640], [716, 640])).toEqual([red, white, white].map(near));
    await guest.agora((agora) => agora.show(1001, { colour: "rgb(40,70,200)" }));
    await cards(guest).toEqual([null]);
    // 720 by 405, in the middle.
    expect(await guest.colours([360, 200], [360, 442], [3, 640], [716, 640])).toEqual(
      [ground, white, white, white].map(near),
    );
    await shoot(guest, "one-across-upright");
  });

  it.each([
    ["beside each other", landscape, { width: 640, height: 720 }, [640, 0]],
    ["one above the other", upright, { width: 720, height: 640 }, [0, 640]],
  ] as const)("puts two %s, in the order of their uids", async (_how, size, tile, [x, y]) => {
    const guest = await joined({ size });
    await guest.agora((agora) => {
      agora.enter(2002, { colour: "rgb(40,70,200)" });
      agora.enter(1001, { colour: "rgb(200,40,40)" });
    });
    await cards(guest).toEqual([null, null]);
    expect(await guest.tiles()).toEqual([
      { card: null, x: 0, y: 0, ...tile },
      { card: null, x, y, ...tile },
    ]);
    const middle = { x: tile.width / 2, y: tile.height / 2 };
    const points: [number, number][] = [
      [middle.x, middle.y],
      [x + middle.x, y + middle.y],
    ];
    const [first = [], second = []] = await guest.colours(...points);
    expect(first[0]).toBeGreaterThan(first[2] ?? 0);
    expect(second[2]).toBeGreaterThan(second[0] ?? 0);
    await shoot(guest, `two-${size.width}`);
  });

  it("puts five into a grid that nothing of is cut off, and keeps the places of those who stay", async () => {
    const guest = await joined();
    await guest.agora((agora) => {
      for (const uid of [5, 3, 1, 4, 2]) agora.enter(uid, uid === 4 ? null : { colour: `hsl(${uid * 70}, 60%, 45%)` });
    });
    await cards(guest).toEqual([null, null, null, "Camera off", null]);
    const tiles = await guest.tiles();
    for (const { x, y, width, height } of tiles) {
      expect({ width: Math.round(width), height: Math.round(height) }).toEqual({ width: 427, height: 360 });
      expect(x + width).toBeLessThanOrEqual(1280.1);
      expect(y + height).toBeLessThanOrEqual(720.1);
    }
    expect(tiles.map(({ y }) => y)).toEqual([0, 0, 0, 360, 360]);
    // The second row stands in the middle.
    expect(tiles[3]?.x).toBeCloseTo(1280 - (tiles[4]?.x ?? 0) - 1280 / 3, 0);
    await shoot(guest, "five-landscape");
    expect(
      await guest.page.evaluate(() => {
        const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
        return { right: scrollWidth - clientWidth, down: scrollHeight - clientHeight };
      }),
    ).toEqual({ right: 0, down: 0 });
    await guest.agora((agora) => agora.exit(4));
    await cards(guest).toEqual([null, null, null, null]);
  });

  it("shows a card in the place of a camera that is off, and her picture again", async () => {
    const guest = await joined();
    await guest.agora((agora) => agora.enter(1001, { colour: "rgb(200,40,40)" }, true));
    await cards(guest).toEqual([null]);
    await guest.agora((agora) => agora.show(1001, null));
    await cards(guest).toEqual(["Camera off"]);
    expect((await guest.colours([640, 40]))[0]).not.toEqual(near(red));
    await shoot(guest, "camera-off");
    await guest.agora((agora) => agora.show(1001, { colour: "rgb(40,70,200)" }));
    await cards(guest).toEqual([null]);
    expect(await guest.colours([640, 40])).toEqual([near(blue)]);
  });

  it("shows a card and no face while the host is away, and her picture when she is back", async () => {
    const guest = await joined();
    expect(await guest.card()).toBe("One moment");
    await guest.agora((agora) => agora.enter(1001, { colour: "rgb(200,40,40)" }));
    await cards(guest).toEqual([null]);
    await guest.agora((agora) => agora.exit(1001));
    await cards(guest).toEqual([]);
    expect(await guest.card()).toBe("One moment");
    await shoot(guest, "away");
    await guest.agora((agora) => agora.enter(1001, { colour: "rgb(200,40,40)" }));
    await cards(guest).toEqual([null]);
    expect(await guest.card()).toBeNull();
  });

  it("shows a screen whole, whatever its shape", async () => {
    const guest = await joined();
    await guest.agora((agora) => agora.enter(1001, { colour: "rgb(200,40,40)" }));
    await cards(guest).toEqual([null]);
    // 16:10, so 1152 by 720 in the middle.
    await guest.agora((agora) => agora.show(1001, { colour: "rgb(40,70,200)", width: 1280, height: 800 }));
    await cards(guest).toEqual([null]);
    expect(await guest.colours([30, 360], [70, 360], [1210, 360], [640, 5], [640, 714])).toEqual(
      [ground, white, white, white, white].map(near),
    );
    await shoot(guest, "screen");
  });

  it("is heard without a click, and follows who is muted", async () => {
    const guest = await joined();
    await guest.agora((agora) => {
      agora.enter(1001, { colour: "rgb(200,40,40)" }, true);
      agora.enter(2002, null, true);
    });
    const heard = () => guest.agora((agora) => agora.heard().sort());
    await soon(heard).toEqual([1001, 2002]);
    await guest.agora((agora) => agora.speak(2002, false));
    await soon(heard).toEqual([1001]);
  });

  it("joins as the stage, and renews its token for the same channel and uid before it ends", async () => {
    const channel = await newChannel();
    const guest = await open(channel);
    await hasJoined(guest);
    const [join] = await guest.agora((agora) => agora.joins);
    const uid = 3_000_000_000 + channel.id;
    expect(join).toMatchObject({ channel: channel.name, uid });
    await guest.agora((agora) => agora.expire("will"));
    await soon(() => guest.agora((agora) => agora.renewals.length)).toBe(1);
    const [renewed = ""] = await guest.agora((agora) => agora.renewals);
    expect(renewed).not.toBe(join?.token);
    const inside = inflateSync(Buffer.from(renewed.slice(3), "base64")).toString("latin1");
    expect(inside).toContain(String(uid));
    expect(inside).toContain(channel.name);
    await hasJoined(guest);
  });

  it("renews its token by itself, 20 minutes before its end", async () => {
    const guest = await joined({ before: (page) => page.clock.install() });
    await guest.page.clock.fastForward("39:00");
    expect(await guest.agora((agora) => agora.renewals.length)).toBe(0);
    await guest.page.clock.fastForward("01:01");
    await soon(() => guest.agora((agora) => agora.renewals.length)).toBe(1);
  });

  it.each([
    ["the connection is lost", "lose"],
    ["its token has ended", "expire"],
  ] as const)("shows the card and joins again when %s", async (_what, how) => {
    const guest = await joined();
    await guest.agora((agora) => agora.enter(1001, { colour: "rgb(200,40,40)" }));
    await cards(guest).toEqual([null]);
    if (how === "lose") await guest.agora((agora) => agora.lose("NETWORK_ERROR"));
    else await guest.agora((agora) => agora.expire("did"));
    await soon(() => guest.card()).toBe("One moment");
    await hasJoined(guest, 2);
    await cards(guest).toEqual([null]);
    expect(await ready(guest)).toEqual([1]);
  });

  it("joins again with the token that it has while the server can't be reached", async () => {
    const guest = await joined({ expects: /Failed to load resource.*credentials/ });
    await guest.page.route("**/credentials?*", (route) => route.abort());
    await guest.agora((agora) => agora.lose("NETWORK_ERROR"));
    await hasJoined(guest, 2);
    const [first, second] = await guest.agora((agora) => agora.joins);
    expect(second).toEqual(first);
  });

  it("joins as often as it takes", async () => {
    const guest = await open(await newChannel(), {
      before: (page) =>
        page.addInitScript(() => {
          addEventListener("DOMContentLoaded", () => (window.agora.refusesJoins = true));
        }),
    });
    await soon(() => guest.card()).toBe("One moment");
    await guest.page.waitForResponse((response) => response.url().includes("/credentials?opening=1"));
    await guest.agora((agora) => (agora.refusesJoins = false));
    await hasJoined(guest);
  });

  it("is the same after it was loaded again", async () => {
    const guest = await joined();
    await guest.page.reload();
    await hasJoined(guest);
    await guest.agora((agora) => agora.enter(1001, { colour: "rgb(200,40,40)" }));
    await cards(guest).toEqual([null]);
    expect(await ready(guest)).toEqual([1]);
  });

  it("tells the recorder once that it is ready, when the first picture is drawn", async () => {
    const guest = await joined();
    expect(await ready(guest)).toEqual([]);
    await guest.agora((agora) => agora.enter(1001, { colour: "rgb(200,40,40)" }));
    await soon(() => ready(guest)).toEqual([1]);
    await guest.agora((agora) => {
      agora.show(1001, { colour: "rgb(40,70,200)" });
      agora.enter(2002, { colour: "rgb(40,70,200)" });
    });
    await cards(guest).toEqual([null, null]);
    expect(await ready(guest)).toEqual([1]);
  });

  it("tells it after 10 s if no picture comes, since a card can be filmed too", async () => {
    const guest = await joined({ before: (page) => page.clock.install() });
    await guest.agora((agora) => agora.enter(1001, null));
    await cards(guest).toEqual(["Camera off"]);
    await guest.page.clock.fastForward(9_000);
    expect(await ready(guest)).toEqual([]);
    await guest.page.clock.fastForward(1_100);
    expect(await ready(guest)).toEqual([0]);
    await guest.agora((agora) => agora.show(1001, { colour: "rgb(200,40,40)" }));
    await guest.page.clock.runFor(500);
    await cards(guest).toEqual([null]);
    expect(await ready(guest)).toEqual([0]);
  });

  it("covers a picture that stands still for 10 s, until it moves again", async () => {
    const guest = await joined({ before: (page) => page.clock.install() });
    await guest.agora((agora) => agora.enter(1001, { colour: "rgb(200,40,40)" }));
    await guest.page.clock.runFor(500);
    await cards(guest).toEqual([null]);
    await guest.agora((agora) => agora.freeze(1001, true));
    await guest.page.clock.runFor(10_500);
    await cards(guest).toEqual(["One moment"]);
    await guest.agora((agora) => agora.freeze(1001, false));
    await guest.page.clock.runFor(500);
    await cards(guest).toEqual([null]);
  });

  it("shows a second browser the card, until the first has gone", async () => {
    const channel = await newChannel();
    const first = await open(channel);
    await hasJoined(first);
    const second = await open(channel, { expects: /409.*credentials/ });
    await second.page.waitForResponse((response) => response.status() === 409);
    expect(await second.card()).toBe("One moment");
    expect(await second.agora((agora) => agora.joins)).toEqual([]);
    const before = service.lines.length;
    await first.page.goto("about:blank");
    await soon(() => service.lines.slice(before)).toContainEqual(
      expect.objectContaining({ route: "/stage/{token}/left", status: 204 }),
    );
    // The moment in which the first could have loaded it again is over.
    const { knex, schema } = service.database;
    await knex.raw(`update ${schema}.stage_visits set seen_at = seen_at - interval '6 s' where channel_id = ?`, [
      channel.id,
    ]);
    await hasJoined(second);
    expect(service.lines).toContainEqual(expect.objectContaining({ msg: "stage.taken_over", channelId: channel.id }));
  });

  it("lays the images over that were set, and nothing for one that isn't there", async () => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"><rect width="90" height="90" fill="#0c0"/></svg>`;
    const images = createServer((request, response) => {
      if (request.url === "/logo.svg") response.writeHead(200, { "content-type": "image/svg+xml" }).end(svg);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => images.listen(0, "127.0.0.1", resolve));
    const allowed = `127.0.0.1:${(images.address() as AddressInfo).port}`;
    const branded = await startService(service.database, {
      stage: { pageFolder, logoUrl: `http://${allowed}/logo.svg`, overlayUrl: `http://${allowed}/gone.svg` },
    });
    try {
      const { path } = await newChannel();
      const guest = await openGuest(browser, branded.url + path, { allowed, expects: /404.*gone\.svg/ });
      guests.push(guest);
      await hasJoined(guest);
      await guest.page.waitForSelector(".logo");
      await guest.agora((agora) => agora.enter(1001, { colour: "rgb(200,40,40)" }));
      await cards(guest).toEqual([null]);
      expect(await guest.page.locator(".overlay").count()).toBe(0);
      expect(await guest.colours([1280 - 22 - 36, 22 + 36])).toEqual([near([0, 204, 0])]);
      await shoot(guest, "logo");
    } finally {
      await branded.close();
      await new Promise((resolve) => images.close(resolve));
    }
  });
});
