import { format, inspect } from "node:util";

import { expect, it } from "vitest";

import { createLogger } from "../../src/log.ts";
import { RtmpUrl } from "../../src/providers/index.ts";

it("gives its URL only to who asks for it", () => {
  const url = new RtmpUrl("rtmps://live.cloudflare.com:443/live/the-key");
  const lines: string[] = [];
  const log = createLogger({ level: "info", destination: { write: (line) => lines.push(line) } });
  log.info({ input: { where: url } }, "text");
  const shown = [String(url), JSON.stringify({ url }), inspect({ url }), format("%s %o", url, url), ...lines];

  expect(url.reveal()).toBe("rtmps://live.cloudflare.com:443/live/the-key");
  for (const text of shown) {
    expect(text).toContain("[redacted]");
    expect(text).not.toContain("the-key");
  }
});
