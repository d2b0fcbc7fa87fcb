import { describe, expect, it, onTestFinished } from "vitest";

import { createProviderHttp, type HttpRequest, type HttpSettings } from "../../src/providers/provider-http.ts";
import { json, listen, refusingUrl, type Respond, silence, text } from "./support/http-server.ts";

const get: HttpRequest = { method: "GET", path: ["v1", "thing"] };

function httpTo(baseUrl: string, settings: Partial<HttpSettings> = {}) {
  const http = createProviderHttp({ baseUrl, headers: { "x-who": "tally" }, ...settings }, Date.now);
  onTestFinished(() => http.close());
  return http;
}

async function exchangeWith(respond: Respond, settings: Partial<HttpSettings> = {}) {
  const { url } = await listen(respond);
  return httpTo(url, settings).exchange(get);
}

describe("an exchange that is answered", () => {
  it("gives status, JSON, the pause and the provider's clock", async () => {
    const date = "Sun, 01 Mar 2026 20:00:00 GMT";
    expect(await exchangeWith(json(503, { a: 1 }, { "retry-after": "3", date }))).toEqual({
      answered: true,
      status: 503,
      body: { a: 1 },
      retryAfterMs: 3_000,
      ids: {},
      clock: Date.parse(date),
    });
  });

  it.each([
    ["malformed JSON", '{"a":'],
    ["HTML", "<html><body>502 Bad Gateway</body></html>"],
    ["nothing", ""],
  ])("has no body when it holds %s", async (_what, body) => {
    expect(await exchangeWith(text(502, body))).toMatchObject({ answered: true, status: 502, body: undefined });
  });

  it("has the ids of its headers, cut", async () => {
    const headers = { "x-request-id": "r".repeat(100), "x-resource-id": "4c014467" };
    const answer = await exchangeWith((response) => response.writeHead(204, headers).end());
    expect(answer).toMatchObject({ status: 204, ids: { requestId: "r".repeat(64), resourceId: "4c014467" } });
  });

  it("does not follow a redirect, which would take the credentials elsewhere", async () => {
    const elsewhere = await listen(json(200, {}));
    const answer = await exchangeWith((response) => response.writeHead(302, { location: elsewhere.url }).end());
    expect(answer).toMatchObject({ answered: true, status: 302 });
    expect(elsewhere.received).toEqual([]);
  });
});

describe("an exchange that is not answered", () => {
  it("ends when the time is over", async () => {
    const answer = await exchangeWith(silence, { timeoutMs: 60 });
    expect(answer).toEqual({ answered: false, sent: true, how: "timeout", words: "no answer within 60 ms" });
  });

  it("counts the body's time too", async () => {
    const answer = await exchangeWith((response) => response.writeHead(200).write('{"a":'), { timeoutMs: 60 });
    expect(answer).toEqual({ answered: false, sent: true, how: "timeout", words: "no answer within 60 ms" });
  });

  it("was not sent when the connection is refused", async () => {
    const answer = await httpTo(await refusingUrl()).exchange(get);
    expect(answer).toEqual({ answered: false, sent: false, how: "refused", words: "no answer: ECONNREFUSED" });
  });

  it("was not sent when the name has no address", async () => {
    // Longer than a label of a name may be: the resolver refuses it without asking anybody.
    const answer = await httpTo(`http://${"a".repeat(64)}.invalid`).exchange(get);
    expect(answer).toEqual({ answered: false, sent: false, how: "dns", words: "no answer: ENOTFOUND" });
  });

  it("may have been received when the connection breaks before the answer", async () => {
    const answer = await exchangeWith((response) => response.destroy());
    expect(answer).toEqual({ answered: false, sent: true, how: "broke off", words: "no answer: ECONNRESET" });
  });

  it.each([
    ["counted", { "content-length": "100" }],
    ["chunked", { "transfer-encoding": "chunked" }],
  ])("may have been received when a %s body breaks off", async (_how, headers) => {
    const answer = await exchangeWith((response) => {
      response.writeHead(200, headers).write('{"resourceId":"r"', () => response.destroy());
    });
    expect(answer).toMatchObject({ answered: false, sent: true, how: "broke off" });
  });

  it("does not read a body without end", async () => {
    const answer = await exchangeWith(text(200, JSON.stringify("x".repeat(5_000))), { maxBytes: 1_000 });
    expect(answer).toEqual({
      answered: false,
      sent: true,
      how: "too long",
      words: "the answer is longer than 1000 bytes",
    });
  });
});

describe("what is sent", () => {
  it("encodes every segment of the path and keeps the base's own", async () => {
    const { url, received } = await listen(json(200, {}));
    await httpTo(`${url}/client/v4/`).exchange({ method: "POST", path: ["a b", "c/../d?e#f"], body: { ü: "€" } });
    expect(received).toMatchObject([
      { method: "POST", url: "/client/v4/a%20b/c%2F..%2Fd%3Fe%23f", body: { ü: "€" }, headers: { "x-who": "tally" } },
    ]);
  });

  it("encodes what is asked for", async () => {
    const { url, received } = await listen(json(200, {}));
    await httpTo(url).exchange({ method: "PATCH", path: ["x"], query: { sequence: 3, cursor: "a&b=c" } });
    expect(received).toMatchObject([{ method: "PATCH", url: "/x?sequence=3&cursor=a%26b%3Dc", body: undefined }]);
  });

  it.each([["."], [".."], [""]])("refuses the segment %j, which would be another place", async (segment) => {
    const { url, received } = await listen(json(200, {}));
    await expect(httpTo(url).exchange({ method: "GET", path: ["v1", segment, "x"] })).rejects.toThrow(TypeError);
    expect(received).toEqual([]);
  });

  it("uses one connection for one call after the other", async () => {
    const ports = new Set<number | undefined>();
    const { url } = await listen((response, request) => {
      ports.add(response.socket?.remotePort);
      json(200, {})(response, request);
    });
    const http = httpTo(url);
    await http.exchange(get);
    await http.exchange(get);
    expect(ports.size).toBe(1);
  });
});

it("refuses a base that is no URL", () => {
  expect(() => createProviderHttp({ baseUrl: "api.agora.io", headers: {} }, Date.now)).toThrow("Invalid URL");
});
