import { describe, expect, it } from "vitest";

import { readBody } from "../../src/webhooks/body.ts";
import { redactJson, redactText } from "../../src/webhooks/redact.ts";

/** First eight hex digits of the SHA-256 of "sekret". */
const mark = "[key sha256:bb757689]";

describe("an RTMP URL", () => {
  it.each([
    ["rtmps://live.cloudflare.com:443/live/sekret", `rtmps://live.cloudflare.com:443/live/${mark}`],
    ["RTMP://h/app/instance/sekret", `RTMP://h/app/instance/${mark}`],
    ["rtmp://h/sekret", `rtmp://h/${mark}`],
    ["rtmp://sekret@h/app", expect.not.stringContaining("sekret") as string],
    ["rtmp://h", "rtmp://h"],
    ["rtmp://h/", "rtmp://h/"],
    ["rtmp:\\/\\/h\\/app\\/sekret", `rtmp:\\/\\/h\\/app\\/${mark}`],
    ['{"rtmpUrl":"rtmp://h/app/sekret"}', `{"rtmpUrl":"rtmp://h/app/${mark}"}`],
    ["push rtmp://h/app/sekret, then rtmps://h/b/sekret", expect.not.stringContaining("sekret") as string],
    ["two: rtmp://h/a/sekret rtmp://h/b/sekret", `two: rtmp://h/a/${mark} rtmp://h/b/${mark}`],
    ["https://h/app/public", "https://h/app/public"],
  ])("%s", (url, redacted) => {
    expect(redactText(url)).toEqual(redacted);
  });

  it.each([
    "rtmp://h/app/sekret?token=sekret/more/sekret",
    "rtmp://h/app/sekret#sekret/x",
    "rtmp://h/app/sekret/",
    "rtmp://h/app/sekret///",
    "rtmp://h/app/?auth=sekret",
    "rtmp://h/app?auth=sekret/x",
    "rtmp://h?auth=sekret",
    "rtmp://user:sekret@h:1935/app/sekret",
    "rtmp:\\/\\/h\\/app\\/sekret\\/",
  ])("hides the secret in %s", (url) => {
    expect(redactText(url)).not.toContain("sekret");
    expect(redactText(url)).toMatch(/^rtmp:/);
  });

  it("gives two keys two marks, and the same key the same", () => {
    expect(redactText("rtmp://h/a/one")).not.toBe(redactText("rtmp://h/a/two"));
    expect(redactText("rtmp://h/a/one")).toBe(redactText("rtmp://h/a/one"));
  });
});

describe("JSON", () => {
  it("is redacted at any depth, in keys too, and otherwise kept", () => {
    const body = {
      list: [{ url: "rtmp://h/a/sekret" }, "rtmp://h/a/sekret", 1, null, true],
      "rtmp://h/a/sekret": {},
      nested: '{"streamKey":"sekret"}',
    };
    expect(redactJson(body)).toEqual({
      list: [{ url: `rtmp://h/a/${mark}` }, `rtmp://h/a/${mark}`, 1, null, true],
      [`rtmp://h/a/${mark}`]: {},
      nested: `{"streamKey":"${mark}"}`,
    });
  });

  it("loses text under keys that name a secret, in any case, and nothing else under them", () => {
    for (const key of [
      "streamKey",
      "passphrase",
      "secretKey",
      "accessKey",
      "token",
      "stsToken",
      "STREAMKEY",
      "Token",
    ]) {
      expect(redactJson({ [key]: "sekret" })).toEqual({ [key]: mark });
      expect(redactJson({ [key]: 7 })).toEqual({ [key]: 7 });
    }
    expect(redactJson({ tokens: "kept", mytoken: "kept" })).toEqual({ tokens: "kept", mytoken: "kept" });
  });

  it("keeps a key named __proto__ a key", () => {
    const body = JSON.parse('{"__proto__":{"token":"sekret"}}') as object;
    expect(JSON.stringify(redactJson(body))).toBe(`{"__proto__":{"token":"${mark}"}}`);
  });
});

describe("a body that isn't JSON", () => {
  const read = (bytes: string | Buffer) => readBody(Buffer.from(bytes as string));

  it("is kept as text without its secrets, also where it was meant to be JSON", () => {
    expect(read('{"a":"rtmp://h/a/sekret","token" : "sekret",}').raw).toBe(
      `{"a":"rtmp://h/a/${mark}","token" : "${mark}",}`,
    );
    expect(read('{"token":"sek\\"ret').raw).toMatch(/^\{"token":"\[key sha256:[0-9a-f]{8}\]$/);
  });

  it("is kept in base64 if it is no text, and then without its secrets too", () => {
    for (const bytes of [Buffer.from([0xff, 0xfe, 0x00]), Buffer.from("zero \0 byte")]) {
      expect(read(bytes)).toMatchObject({ payload: undefined, raw: `base64:${bytes.toString("base64")}` });
    }
    const secret = Buffer.concat([Buffer.from([0xff]), Buffer.from(" rtmp://h/a/sekret")]);
    const kept = Buffer.from((read(secret).raw ?? "").replace("base64:", ""), "base64");
    expect(kept.toString("latin1")).toBe(`\xff rtmp://h/a/${mark}`);
  });

  it("includes JSON that nests too deep to work with", () => {
    const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
    expect(read(deep(100)).payload).toBeDefined();
    expect(read(deep(102))).toMatchObject({ payload: undefined, raw: deep(102) });
    expect(read(deep(100_000)).raw).toBe(deep(100_000));
  });

  it("does not include JSON that is no object", () => {
    for (const value of [null, "text", 7, false, []]) {
      expect(read(JSON.stringify(value))).toMatchObject({ payload: value, raw: null });
    }
  });

  it("is redacted in linear time", () => {
    const parts = ['"token":"\\', '"token":', "rtmp://", "rtmp:\\/\\/h\\/", "/?#", "rtmp://h/a/a/a/a/a/a/"];
    const paths = ["/", "a/", "\\/", "a?", "a\\/"].map((path) => ["rtmp://h", path] as const);
    const started = performance.now();
    for (const part of parts) redactText(part.repeat(1_000_000 / part.length));
    for (const [start, part] of paths) redactText(start + part.repeat(1_000_000 / part.length));
    // 11 MB take 0.4 s; quadratic would be hours.
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
