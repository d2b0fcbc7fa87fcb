import { describe, expect, it } from "vitest";

import { challengeHeader, createProof, proofHeader } from "../../src/deployment-proof.ts";
import { checkPublicUrl, judgeCertificate } from "../../src/doctor/public-url.ts";
import { listen, refusingUrl, type Respond } from "../providers/support/http-server.ts";

const now = new Date("2026-03-01T20:00:00Z");

describe("the certificate", () => {
  it.each([
    ["2026-03-16T20:00:00Z", "ok", "the certificate is good for 15 days, until 2026-03-16"],
    ["2026-03-15T20:00:00Z", "ok", "the certificate is good for 14 days, until 2026-03-15"],
    ["2026-03-15T19:59:59Z", "warning", "the certificate is good for 13 days, until 2026-03-15"],
    ["2026-03-01T21:00:00Z", "warning", "the certificate is good for 0 days, until 2026-03-01"],
  ])("that ends at %s is %s", (until, state, says) => {
    expect(judgeCertificate(new Date(until), now)).toMatchObject([{ state, says }]);
  });

  it("is none of a service without TLS", () => {
    expect(judgeCertificate(null, now)).toEqual([]);
  });
});

describe("what answers at the public URL", () => {
  const proving =
    (secret: string): Respond =>
    (response, { headers }) => {
      response.setHeader(proofHeader, createProof(secret)(String(headers[challengeHeader]))).end();
    };
  const check = async (respond: Respond) => {
    const { url } = await listen(respond);
    return (await checkPublicUrl({ publicUrl: url, secret: "ours" }, now, AbortSignal.timeout(10_000))).at(-1);
  };

  it.each<[string, Respond, string, RegExp]>([
    ["this deployment", proving("ours"), "ok", /is this deployment$/],
    ["one with other secrets", proving("theirs"), "failed", /a Tally with other secrets$/],
    ["something else", (response) => response.end(), "failed", /something that isn't Tally, or an older one$/],
    ["a proxy's error", (response) => response.writeHead(502).end(), "failed", /answers 502, not 200$/],
  ])("%s", async (_, respond, state, says) => {
    expect(await check(respond)).toMatchObject({ state, says: expect.stringMatching(says) as string });
  });

  it("nothing", async () => {
    const publicUrl = await refusingUrl();
    const found = await checkPublicUrl({ publicUrl, secret: "ours" }, now, AbortSignal.timeout(10_000));
    expect(found.at(-1)).toMatchObject({
      state: "failed",
      says: expect.stringContaining("can't be had: ") as string,
      todo: expect.stringContaining("Start the service") as string,
    });
  });
});
