import { describe, expect, it } from "vitest";

import { admitAgora } from "../../src/webhooks/agora/authenticate.ts";
import { admitCloudflareNotification } from "../../src/webhooks/cloudflare/notification/authenticate.ts";
import { admitCloudflareVideo } from "../../src/webhooks/cloudflare/video/authenticate.ts";
import type { Admission } from "../../src/webhooks/delivery.ts";
import { signAgora, signCloudflareNotification, signCloudflareVideo } from "../../src/webhooks/sign.ts";

function judge(admission: Admission, body: Buffer) {
  return admission.ok ? admission.authenticate(body) : admission;
}

/** Agora docs: enable-notification-service-v2. */
const vector = {
  secret: "secret",
  body: Buffer.from(
    '{"eventMs":1560408533119,"eventType":10,"noticeId":"4eb720f0-8da7-11e9-a43e-53f411c2761f",' +
      '"notifyMs":1560408533119,"payload":{"a":"1","b":2},"productId":1}',
  ),
  sha1: "033c62f40f687675f17f0f41f91a40c71c0f134c",
  sha256: "6d3320c60b11101395b7fc8f9068748808a0aa1bfa064438e39d1bc2c7d74d99",
};

describe("Agora", () => {
  const agora = (headers: Record<string, string>, secrets = ["secret"], body = vector.body) =>
    judge(admitAgora(headers, secrets), body);

  it("signs the documented body with the documented digests", () => {
    expect(signAgora(vector.secret, vector.body)).toEqual({
      "agora-signature": vector.sha1,
      "agora-signature-v2": vector.sha256,
    });
  });

  it("takes either documented digest, in either case", () => {
    for (const headers of [
      { "agora-signature-v2": vector.sha256 },
      { "agora-signature-v2": vector.sha256.toUpperCase() },
      { "agora-signature": vector.sha1 },
      { "agora-signature": vector.sha1.toUpperCase() },
    ]) {
      expect(agora(headers)).toEqual({ ok: true });
    }
  });

  it("takes a signature by any of several secrets", () => {
    expect(agora({ "agora-signature-v2": vector.sha256 }, ["older", "secret"])).toEqual({ ok: true });
    expect(agora({ "agora-signature": vector.sha1 }, ["older", "secret"])).toEqual({ ok: true });
  });

  it("does not look at SHA-1 where SHA-256 is present, though it be wrong or empty", () => {
    for (const v2 of ["", "00", "0".repeat(64)]) {
      const result = agora({ "agora-signature-v2": v2, "agora-signature": vector.sha1 });
      expect(result).toMatchObject({
        ok: false,
        why: expect.stringContaining("Agora-Signature-V2 doesn't fit") as string,
      });
    }
  });

  it("refuses what isn't exactly the digest", () => {
    for (const v2 of [
      vector.sha256.slice(2),
      vector.sha256.slice(0, -1),
      `${vector.sha256}00`,
      `${vector.sha256}zz`,
      `${vector.sha256.slice(0, -1)}g`,
      `0x${vector.sha256.slice(2)}`,
      vector.sha1,
      "é".repeat(64),
    ]) {
      expect(agora({ "agora-signature-v2": v2 })).toMatchObject({ ok: false });
    }
  });

  it("refuses a body changed by one byte, another secret, no secret and no header", () => {
    const signed = signAgora("secret", vector.body);
    expect(agora(signed, ["secret"], Buffer.concat([vector.body, Buffer.from("\n")]))).toMatchObject({ ok: false });
    expect(agora(signed, ["Secret"])).toMatchObject({ ok: false });
    expect(agora(signed, [])).toMatchObject({ ok: false });
    expect(agora({})).toEqual({ ok: false, why: expect.stringContaining("not sent by Agora") as string });
  });
});

describe("what the headers tell already", () => {
  const hex = "0".repeat(64);
  it("refuses without the body: a signature missing or of no such form, one too old, a wrong secret, no secret", () => {
    for (const admission of [
      admitAgora({}, ["secret"]),
      admitAgora({ "agora-signature-v2": hex }, []),
      admitAgora({ "agora-signature-v2": `${hex.slice(1)}g` }, ["secret"]),
      admitAgora({ "agora-signature-v2": `${hex}, ${hex}` }, ["secret"]),
      admitAgora({ "agora-signature-v2": "0".repeat(40) }, ["secret"]),
      admitCloudflareNotification({ "cf-webhook-auth": "other" }, ["secret"]),
      admitCloudflareVideo({ "webhook-signature": `time=1,sig1=${hex}` }, ["secret"], 302_000),
      admitCloudflareVideo({ "webhook-signature": `time=1,sig1=${hex}` }, [], 1_000),
    ]) {
      expect(admission).toMatchObject({ ok: false, why: expect.stringMatching(/./) as string });
    }
  });

  it("leaves the rest to the body", () => {
    expect(admitAgora({ "agora-signature-v2": hex }, ["secret"])).toMatchObject({ ok: true });
    expect(admitAgora({ "agora-signature": "0".repeat(40) }, ["secret"])).toMatchObject({ ok: true });
    const signed = { "webhook-signature": `time=1,sig1=${hex}` };
    expect(admitCloudflareVideo(signed, ["secret"], 1_000)).toMatchObject({ ok: true });
  });
});

describe("Cloudflare Notifications", () => {
  const notification = (headers: Record<string, string>, secrets: string[]) =>
    judge(admitCloudflareNotification(headers, secrets), Buffer.from("{}"));

  it("takes the secret as it is, and any of several", () => {
    expect(notification(signCloudflareNotification("new"), ["old", "new"])).toEqual({ ok: true });
  });

  it("takes a secret outside ASCII, of which Node reads the bytes as Latin-1", () => {
    const asNodeReadsIt = Buffer.from("schlüssel-鍵", "utf8").toString("latin1");
    expect(notification({ "cf-webhook-auth": asNodeReadsIt }, ["schlüssel-鍵"])).toEqual({ ok: true });
  });

  it("refuses a prefix, another case, white space, nothing, and everything if there is no secret", () => {
    for (const given of ["destination", "Destination-Secret", "destination-secret ", ""]) {
      expect(notification({ "cf-webhook-auth": given }, ["destination-secret"])).toMatchObject({ ok: false });
    }
    expect(notification({}, ["destination-secret"])).toMatchObject({ ok: false });
    expect(notification({ "cf-webhook-auth": "" }, [])).toMatchObject({ ok: false });
  });
});

describe("Cloudflare Stream", () => {
  const body = Buffer.from('{"uid":"a"}');
  const time = 1_790_006_400;
  const stream = (header: string | undefined, secrets = ["secret"], nowSeconds = time) =>
    judge(
      admitCloudflareVideo(header === undefined ? {} : { "webhook-signature": header }, secrets, nowSeconds * 1000),
      body,
    );
  const header = signCloudflareVideo("secret", body, time)["webhook-signature"];
  const signature = header.split("sig1=")[1] ?? "";

  it("signs the time, a dot and the body, as computed with another tool", () => {
    // printf '1790006400.{"uid":"a"}' | openssl dgst -sha256 -hmac secret
    expect(header).toBe("time=1790006400,sig1=13310755df3fcbcfdf549cfbaf9dea74d9221c69d870b396da70b31cc057d3a2");
  });

  it("takes any of several secrets and of several signatures, with spaces and in either case", () => {
    expect(stream(header, ["old", "secret"])).toEqual({ ok: true });
    expect(stream(`time=${time}, sig1=${"0".repeat(64)}, sig2=${signature.toUpperCase()}`)).toEqual({ ok: true });
    expect(stream(`sig1=${signature},time=${time},v=2`)).toEqual({ ok: true });
  });

  it("allows five minutes to either side", () => {
    for (const skew of [-300, 300]) expect(stream(header, ["secret"], time + skew)).toEqual({ ok: true });
    for (const skew of [-301, -300.1, 300.1, 301]) {
      expect(stream(header, ["secret"], time + skew)).toMatchObject({
        ok: false,
        why: expect.stringContaining(`${skew.toFixed(1)} s old`) as string,
        kind: expect.stringContaining("too old") as string,
      });
    }
  });

  it("refuses another time than the signed one, even a fresh one", () => {
    expect(stream(`time=${time + 1},sig1=${signature}`)).toMatchObject({ ok: false });
    expect(stream(`time=0${time},sig1=${signature}`)).toMatchObject({ ok: false });
  });

  it("does not search a header that is longer than any of Cloudflare's", () => {
    const many = `time=${time},${"sig1=00,".repeat(1000)}sig1=${signature}`;
    expect(stream(many)).toMatchObject({ ok: false });
  });

  it("refuses what isn't of the documented form", () => {
    for (const malformed of [
      "",
      signature,
      `sig1=${signature}`,
      `time=${time}`,
      `time=now,sig1=${signature}`,
      `time=-${time},sig1=${signature}`,
      `time=,sig1=${signature}`,
      `time=${time};sig1=${signature}`,
      `time=1e9,sig1=${signature}`,
    ]) {
      expect(stream(malformed)).toEqual({ ok: false, why: "Webhook-Signature is not of the form time=…,sig1=…" });
    }
    expect(stream(undefined)).toMatchObject({ ok: false });
    expect(stream(header, [])).toMatchObject({ ok: false });
  });
});
