import { describe, expect, it } from "vitest";

import { createRedactor } from "../../src/redaction/index.ts";

const { text, json: redactJson, body: redactText } = createRedactor();

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

describe("what is redacted already", () => {
  it.each([
    "rtmps://live.cloudflare.com:443/live/sekret",
    "two: rtmp://h/a/sekret rtmp://h/b/sekret",
    '{"rtmpUrl":"rtmp://h/app/sekret","token":"sekret"}',
    "https://h/?token=sekret",
  ])("stays as it is when it is stored once more: %s", (original) => {
    const once = redactText(original);
    expect(once).toContain(mark);
    expect(redactText(once)).toBe(once);
    const stored = redactJson({ original, token: "sekret" });
    expect(redactJson(stored)).toEqual(stored);
  });
});

describe("a message", () => {
  const streamKey = `${"0a".repeat(16)}k${"1b".repeat(16)}`;
  const rtcToken = `007${"eJxTYBBa".repeat(10)}=`;

  it.each([
    "postgres://tally:sekretpw@db:5432/tally refused",
    "https://me:sekretpw@tally.example/",
    "GET /v1/channels/x/status?a=1&token=sekret",
    "GET /v1/x?status_token=sekret&b=2",
    "https://tally.example/stage/sekret.sekret-sekret loaded",
    "https:\\/\\/tally.example\\/stage\\/sekret.sekret",
    "sent Authorization: Basic sekretsekret",
    "sent bearer sekret.sekret",
    "host=db password=sekret user=tally",
    "host=db password='sekret with spaces' user=tally",
    "AGORA_CUSTOMER_SECRET=sekret node dist/src/main.js",
    'it said {"token":"sekret"}',
    JSON.stringify({ msg: 'it said {"token":"sek\\"ret","at":1}' }),
    "push rtmps://live.cloudflare.com:443/live/sekret failed",
  ])("loses the secret in %s", (message) => {
    expect(text(message)).not.toContain("sek");
    expect(text(message)).toContain("[redacted]");
  });

  it("loses a stream key and an RTC token wherever they stand", () => {
    expect(text(`key ${streamKey}, token ${rtcToken}!`)).toBe("key [redacted], token [redacted]!");
    expect(redactJson({ detail: streamKey })).toEqual({ detail: expect.stringMatching(/^\[key sha256:/) as string });
  });

  it("loses a key of Tally's but for its prefix, and a JWT, wherever they stand", () => {
    const jwt = `${Buffer.from('{"alg":"RS256"}').toString("base64url")}.${"eyJz-_".repeat(5)}.${"sig-_".repeat(9)}`;
    expect(text(`key tally_0123456789ab_${"0f".repeat(32)}, jwt (${jwt})!`)).toBe(
      "key tally_0123456789ab_[redacted], jwt ([redacted])!",
    );
    expect(redactJson({ detail: [jwt] })).toEqual({ detail: [expect.stringMatching(/^\[key sha256:/)] });
  });

  it("loses a notification secret but for its beginning", () => {
    const secret = `whsec_${Buffer.from("0123456789abcdef01234567").toString("base64")}`;
    expect(text(`no signature of ${secret}, says the shop`)).toBe("no signature of whsec_[redacted], says the shop");
  });

  it.each([
    "Unexpected token < in JSON at position 0",
    "The database at postgres://tally@127.0.0.1:1/tally can't be reached: connect ECONNREFUSED 127.0.0.1:1.",
    "GET /stage/{token} 501",
    'relation "channels" does not exist',
    'password authentication failed for user "tally"',
    "answered with an unexpected body (rtmps.streamKey: expected string)",
  ])("is left alone: %s", (message) => {
    expect(text(message)).toBe(message);
  });

  it("that is JSON stays JSON, and keeps what stands around a quoted secret", () => {
    const line = JSON.stringify({ msg: 'body {"token":"a\\nb\\"c","at":1} refused', stack: "x\n  at y", token: "s" });
    expect(JSON.parse(text(line))).toEqual({
      msg: 'body {"token":"[redacted]","at":1} refused',
      stack: "x\n  at y",
      token: "[redacted]",
    });
  });
});

describe("a known secret", () => {
  const secret = 'p/w+d?"\\\u00e9-0123';
  const known = createRedactor([secret, "shop", "SECRET-one", "SECRET-one-longer"]);

  it.each([
    ["as it is", secret],
    ["in JSON", JSON.stringify(secret).slice(1, -1)],
    ["in a URL", encodeURIComponent(secret)],
    ["in base64", Buffer.from(secret).toString("base64")],
    ["in base64url", Buffer.from(secret).toString("base64url")],
    ["in hex", Buffer.from(secret).toString("hex")],
  ])("is found %s", (_how, form) => {
    expect(known.text(`before ${form} after`)).toMatch(/^before \[redacted\]=* after$/);
    expect(known.json({ detail: [`(${form})`] })).toEqual({
      detail: [expect.stringMatching(/^\(\[redacted\]=*\)$/) as string],
    });
  });

  it("goes whole where another begins like it, and wherever it stands", () => {
    for (let before = 0; before < 20; before++) {
      expect(known.text(`${"x".repeat(before)}SECRET-one-longer!SECRET-one`)).toBe(
        `${"x".repeat(before)}[redacted]!SECRET-one`.replace("SECRET-one", "[redacted]"),
      );
    }
  });

  it("that is too short to be one is not looked for", () => {
    expect(known.text("the shop opens")).toBe("the shop opens");
  });
});

describe("any text", () => {
  it("is redacted in linear time", () => {
    const parts = [
      "a:",
      "://a",
      "?token=",
      "&",
      '\\\\"token\\\\":\\\\"',
      "007+",
      "0a",
      "bearer ",
      "password=",
      "secret='",
      "/stage/",
      '"token":"\\',
      '"token":',
      "rtmp://",
      "rtmp:\\/\\/h\\/",
      "/?#",
      "rtmp://h/a/a/a/a/a/a/",
    ];
    const paths = ["/", "a/", "\\/", "a?", "a\\/"].map((path) => ["rtmp://h", path] as const);
    const started = performance.now();
    for (const part of parts) text(part.repeat(1_000_000 / part.length));
    for (const [start, part] of paths) text(start + part.repeat(1_000_000 / part.length));
    // 11 MB take 0.4 s; quadratic would be hours.
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
