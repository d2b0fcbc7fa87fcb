import type { Browser, BrowserContext, Page } from "playwright-core";

import type { World } from "./agora-stand-in.ts";

declare global {
  interface Navigator {
    notifyReady?: () => void;
  }
  interface Window {
    /** Calls of `navigator.notifyReady`: how many pictures were uncovered at each. */
    ready: number[];
    violations: string[];
  }
}

export interface Size {
  width: number;
  height: number;
}

export const landscape = { width: 1280, height: 720 };
export const upright = { width: 720, height: 1280 };

/** A browser that has a stage's page open, as Agora's recorder would. */
export interface Guest {
  page: Page;
  context: BrowserContext;
  /** Whatever went wrong in it, and every request to anybody but us. */
  problems: string[];
  /** Talks to the stand-in for Agora's SDK. */
  agora: <T>(tell: (agora: World) => T) => Promise<T>;
  /** `uid` of each tile's picture or the text of its card, in their order, and where they are. */
  tiles: () => Promise<Seat[]>;
  /** The card of the whole page, null if there is somebody. */
  card: () => Promise<string | null>;
  /** Colours of points of the page as it is seen, each as red, green and blue. */
  colours: (...points: [number, number][]) => Promise<number[][]>;
}

export interface Seat {
  /** Of its card; null while the picture is seen. */
  card: string | null;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** @param options.before - runs before the page is opened */
export async function openGuest(
  browser: Browser,
  url: string,
  options: { size?: Size; expects?: RegExp; allowed?: string; before?: (page: Page) => Promise<unknown> } = {},
): Promise<Guest> {
  const { size = landscape, expects, allowed } = options;
  const context = await browser.newContext({ viewport: size });
  const page = await context.newPage();
  const problems: string[] = [];
  const host = new URL(url).host;
  page.on("pageerror", (error) => problems.push(`exception: ${error.message}`));
  page.on("console", (message) => {
    const text = `${message.type()}: ${message.text()} ${message.location().url.split("/").at(-1) ?? ""}`;
    if (message.type() === "error" && expects?.test(text) !== true) problems.push(text);
  });
  page.on("request", (request) => {
    const to = new URL(request.url());
    if (to.protocol.startsWith("http") && to.host !== host && to.host !== allowed) problems.push(`asked ${to.host}`);
  });
  await page.addInitScript(() => {
    window.ready = [];
    navigator.notifyReady = () => window.ready.push(document.querySelectorAll(".tile > .card[hidden]").length);
    window.violations = [];
    addEventListener("securitypolicyviolation", (event) =>
      window.violations.push(`${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  await options.before?.(page);
  await page.goto(url);
  const painter = await painterOf(browser);
  return {
    page,
    context,
    problems,
    agora: <T>(tell: (agora: World) => T) =>
      page.evaluate(`(${tell.toString()})(window.agora)`) as unknown as Promise<T>,
    tiles: () =>
      page.evaluate(() =>
        [...document.querySelectorAll(".tile")].map((tile) => {
          const { x, y, width, height } = tile.getBoundingClientRect();
          const card = tile.querySelector<HTMLElement>(".card");
          return { card: card === null || card.hidden ? null : card.textContent, x, y, width, height };
        }),
      ),
    card: () =>
      page.evaluate(() => {
        const card = document.querySelector<HTMLElement>("main > .card");
        return card === null || card.hidden ? null : card.textContent;
      }),
    async colours(...points) {
      const image = (await page.screenshot()).toString("base64");
      return painter.evaluate(coloursOf, { image, points });
    },
  };
}

/** A page of its own that reads images, so that the one under test stays as it is. */
const painters = new WeakMap<Browser, Promise<Page>>();
function painterOf(browser: Browser): Promise<Page> {
  const painter = painters.get(browser) ?? browser.newPage();
  painters.set(browser, painter);
  return painter;
}

async function coloursOf({ image, points }: { image: string; points: [number, number][] }): Promise<number[][]> {
  const picture = new Image();
  picture.src = `data:image/png;base64,${image}`;
  await picture.decode();
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: picture.width, height: picture.height });
  const paper = canvas.getContext("2d");
  if (paper === null) throw new Error("no canvas here");
  paper.drawImage(picture, 0, 0);
  return points.map(([x, y]) => [...paper.getImageData(x, y, 1, 1).data].slice(0, 3));
}
