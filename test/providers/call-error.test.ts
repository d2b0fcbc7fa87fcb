import { describe, expect, it } from "vitest";

import { callError } from "../../src/providers/call-error.ts";

const base = { provider: "agora", operation: "start", status: 400, code: null } as const;
const messageOf = (message: string, secrets: string[] = []) => callError({ ...base, message }, secrets).message;

describe("callError", () => {
  it.each([
    ["bad output rtmps://live.cloudflare.com:443/live/abc123 given", "bad output [url] given"],
    ['url "https://me:pw@tally.example/stage/eyJhbGciOi.x" failed', 'url "[url]" failed'],
    ["sent Authorization: Basic Y3VzdG9tZXI6c2VjcmV0", "sent Authorization: Basic [redacted]"],
    ["sent bearer v1.0-abcdef0123456789", "sent bearer [redacted]"],
    [`key ${"0a".repeat(16)}k${"1b".repeat(16)}!`, "key [redacted]!"],
  ])("redacts what looks like a URL or a credential: %s", (message, redacted) => {
    expect(messageOf(message)).toBe(redacted);
  });

  it("redacts the secrets that it is told, everywhere", () => {
    expect(messageOf("AKIA1/x+y was refused (AKIA1/x+y)", ["AKIA1/x+y"])).toBe("[redacted] was refused ([redacted])");
    expect(callError({ ...base, code: "no-s3cret", message: "" }, ["s3cret"]).code).toBe("no-[redacted]");
  });

  it("holds nothing that Postgres refuses, also where it cuts", () => {
    expect(messageOf("a\0b\ud800c")).toBe("a\uFFFDb\uFFFDc");
    expect(messageOf(`${"x".repeat(299)}\u{1f600}`)).toBe(`${"x".repeat(299)}\uFFFD`);
    expect(callError({ ...base, code: "a\0", message: "" }).code).toBe("a\uFFFD");
  });

  it("redacts before it cuts, so that no half of a secret stays", () => {
    const message = messageOf(`${"x".repeat(290)} sEcReT-sEcReT-sEcReT`, ["sEcReT-sEcReT-sEcReT"]);
    expect(message).toHaveLength(300);
    expect(message).not.toContain("sEcReT");
  });

  it("leaves plain words and codes alone, also with an empty secret", () => {
    expect(callError({ ...base, code: 2, message: "invalid parameter: cname" }, [""])).toEqual({
      ...base,
      code: 2,
      message: "invalid parameter: cname",
    });
  });
});
