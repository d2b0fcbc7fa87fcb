import { inflateSync } from "node:zlib";

import { describe, expect, test } from "vitest";

import { rtcToken } from "../../../src/providers/index.ts";

const options = {
  appId: "970ca35de60c44645bbae8a215061b33",
  appCertificate: "5cfd2fd1755d40ecb72977518be15d3b",
  channel: "shop 7",
  uid: 3_000_000_007,
  lifetimeSeconds: 3600,
};

/** What a token says in the clear: version, then base64 of deflated signature, app id, issue time, lifetime, services. */
function contentOf(token: string): Buffer {
  return inflateSync(Buffer.from(token.slice(3), "base64"));
}

describe("an RTC token", () => {
  test("is an AccessToken2 that names the app, the channel and the uid, and not the certificate", () => {
    const token = rtcToken(options);
    expect(token).toMatch(/^007/);
    const content = contentOf(token).toString("latin1");
    expect(content).toContain(options.appId);
    expect(content).toContain(options.channel);
    expect(content).toContain(String(options.uid));
    expect(content).not.toContain(options.appCertificate);
  });

  test("lasts as long as it was asked to", () => {
    const content = contentOf(rtcToken(options));
    // After the signature (2 + 32) and the app id (2 + 32): issue time, then lifetime, little-endian.
    expect(content.readUInt32LE(34 + 34 + 4)).toBe(3600);
  });

  test.each([0, -1, 1.5, 2 ** 32])("for uid %d is not made", (uid) => {
    expect(() => rtcToken({ ...options, uid })).toThrow(RangeError);
  });

  test.each([0, 86_401])("of %d seconds is not made", (lifetimeSeconds) => {
    expect(() => rtcToken({ ...options, lifetimeSeconds })).toThrow(RangeError);
  });
});
