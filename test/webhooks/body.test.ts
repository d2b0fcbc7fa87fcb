import { describe, expect, it } from "vitest";

import { createRedactor } from "../../src/redaction/index.ts";
import { readBody } from "../../src/webhooks/body.ts";

/** First eight hex digits of the SHA-256 of "sekret". */
const mark = "[key sha256:bb757689]";

describe("a body that isn't JSON", () => {
  const read = (bytes: string | Buffer) => readBody(Buffer.from(bytes as string), createRedactor());

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
});
