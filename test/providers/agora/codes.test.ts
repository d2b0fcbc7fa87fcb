import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";

import {
  type AgoraOperation,
  classify,
  classifyUnanswered,
  codeTable,
  type Disposition,
} from "../../../src/providers/agora/codes.ts";
import { createAgoraTransport } from "../../../src/providers/agora/transport.ts";
import { testDeps } from "../support/deps.ts";
import { inTurn, json, listen, type Respond, silence, text } from "../support/http-server.ts";

const recorder: AgoraOperation[] = ["query", "update", "stop"];
const recording: AgoraOperation[] = ["acquire", "start", ...recorder, "channel_users", "channel_list"];
const ofConverter: AgoraOperation[] = ["get_converter", "update_converter", "remove_converter"];
const mediaPush: AgoraOperation[] = ["create_converter", "list_converters", ...ofConverter];
const all: AgoraOperation[] = [...recording, ...mediaPush];

type Sample = [AgoraOperation[], number, unknown, Disposition, "may run"?];
const service = (code: number | string, reason: string) => ({ code, reason });
const gateway = (message: string) => ({ message });
const reason = (reason: string) => ({ reason });

/** What the documentation says, said once more: operations, HTTP status, body, meaning; of a start, may it run. */
const samples: Sample[] = [
  [all, 200, { cname: "c" }, "done"],
  [all, 401, gateway("Unauthorized"), "final"],
  [all, 401, gateway("Invalid authentication credentials"), "final"],
  [all, 403, service(0, "No invalid permission to use this function"), "final"],
  [all, 429, gateway("API rate limit exceeded"), "retry"],
  [all, 400, gateway("appid is invalid"), "final"],
  [all, 404, gateway("no Route matched with those values"), "final"],
  [recording, 404, undefined, "final"],
  [mediaPush, 201, { converter: { id: "4c01" } }, "done"],
  [mediaPush, 204, undefined, "done"],
  [mediaPush, 403, reason("No invalid permission to use this function. Contact us."), "final"],
  [mediaPush, 400, gateway("Invalid parameter: rtmpUrl. Replace it, and retry."), "final"],
  [ofConverter, 404, reason("Resource is not found and destroyed."), "not_found"],
  [ofConverter, 404, gateway("Resource cannot be found/has been destroyed."), "not_found"],
  [ofConverter, 404, undefined, "not_found"],
  [["create_converter"], 404, reason("Resource is not found and destroyed."), "rename"],
  [["create_converter", "list_converters"], 404, undefined, "final"],
  [["create_converter"], 409, gateway("Resource with the same name already exists."), "exists"],
  [["create_converter"], 409, undefined, "exists"],
  [mediaPush, 429, gateway("Request rate limit exceeded."), "retry"],
  [["create_converter"], 429, gateway("Resource quota limit exceeded."), "capacity"],
  [["create_converter"], 429, reason("Resources quota exceeded."), "capacity"],
  [["create_converter"], 429, reason("No available resources."), "capacity"],
  [["create_converter"], 500, gateway("Internal errors."), "retry", "may run"],
  [["create_converter"], 501, gateway("The method requested has not been implemented."), "retry", "may run"],
  [["create_converter"], 503, gateway("The server is temporarily down."), "retry", "may run"],
  [["create_converter"], 504, gateway("Gateway timeout."), "retry", "may run"],
  [["list_converters", ...ofConverter], 504, gateway("Gateway timeout."), "retry"],
  [all, 400, service(2, "invalid parameter"), "final"],
  [all, 400, service("2", "invalid parameter"), "final"],
  [["acquire"], 400, service(400, "invalid_appid"), "final"],
  [["acquire"], 400, service(401, "invalid_channel_name"), "final"],
  [["acquire"], 400, service(405, "no_active_status"), "final"],
  [["acquire", "start"], 400, service(406, "vendor_over_load"), "capacity"],
  [["acquire"], 500, service(500, "internal_error"), "retry"],
  [["acquire"], 500, service(501, "no_worker_manager_available"), "retry"],
  [["acquire"], 500, service(504, "allocate_timeout"), "retry"],
  [["start"], 201, service(7, "already started"), "adopt"],
  [["start"], 400, service(7, "already started"), "adopt"],
  [["start"], 400, service(53, "task conflict"), "adopt"],
  [["acquire", ...recorder], 206, service(65, "request not completed"), "retry"],
  [["start"], 206, service(65, "request not completed"), "retry", "may run"],
  [["start"], 500, service(502, "Failed to allocate worker"), "reacquire"],
  [["start"], 500, service(62, "request timeout"), "retry", "may run"],
  [recorder, 504, service(62, "request timeout"), "retry"],
  [recorder, 404, service(404, "failed to find worker"), "not_found"],
  [["stop"], 206, service(435, "no recorded data"), "already_stopped"],
  [["stop"], 400, service(49, "invalid operation"), "already_stopped"],
  [["stop"], 500, service(50, "upload timeout"), "retry"],
  [all, 400, service(8, "bad header"), "final"],
  [["acquire"], 400, service(62, "cloud recording is not enabled"), "final"],
  [["acquire"], 504, service(62, "request timeout"), "retry"],
  [all, 400, service(109, "token expired"), "final"],
  [all, 400, service(110, "token wrong"), "final"],
  [all, 400, service(432, "parameter wrong"), "final"],
  [["start"], 400, service(433, "resource expired"), "reacquire"],
  [recorder, 400, service(433, "resource expired"), "final"],
  [["query"], 400, service(501, "service is exiting"), "already_stopped"],
  [["query"], 206, service(501, "service is exiting"), "already_stopped"],
  [["query"], 500, service(501, "something else"), "retry"],
  [["start"], 400, service(1001, "resource id"), "reacquire"],
  [recorder, 400, service(1001, "resource id"), "final"],
  [all, 400, service(1003, "app id"), "final"],
  [all, 400, service(1013, "channel name"), "final"],
  [["update"], 400, service(1028, "layout"), "final"],
  [["start"], 500, { sid: "", code: 15 }, "retry", "may run"],
  [["start"], 408, undefined, "retry", "may run"],
  [recorder, 408, undefined, "retry"],
  [all, 425, undefined, "retry"],
  [["start"], 202, {}, "retry", "may run"],
  [["stop", "acquire"], 204, undefined, "retry"],
  [["start"], 500, service(9999, "never seen"), "retry", "may run"],
  [["start"], 502, undefined, "retry", "may run"],
  [["acquire", ...recorder, "channel_users", "channel_list"], 503, undefined, "retry"],
  [all, 302, undefined, "final"],
  [all, 418, service(9999, "never seen"), "final"],
];

const cases = samples.flatMap(([operations, status, body, disposition, mayRun]) =>
  operations.map((operation) => ({ operation, status, body, disposition, mayRun: mayRun !== undefined })),
);

describe("classify", () => {
  it.each(cases)("$operation: $status $body is $disposition", ({ operation, status, body, disposition, mayRun }) => {
    expect(classify(operation, status, body)).toEqual({ disposition, mayRun });
  });

  const rows = codeTable.flatMap(([on, status, code, disposition, source]) =>
    (on === "any" ? all : on).map((operation) => ({ operation, status, code, disposition, source })),
  );

  it.each(rows)("hides no row behind another: $operation $status $code", (row) => {
    const status = { any: 418, "2xx": 299, "4xx": 418, "5xx": 599 }[row.status] ?? Number(row.status);
    const body = row.code === "any" ? {} : row.code instanceof RegExp ? wordsOf(row.code) : { code: row.code };
    expect(classify(row.operation, status, body).disposition).toBe(row.disposition);
    expect(row.source.length).toBeGreaterThan(10);
  });
});

/** A body that says one of the words of a row. */
function wordsOf(pattern: RegExp): { message: string } {
  return { message: ["No available resources", "destroyed", "no Route"].find((words) => pattern.test(words)) ?? "" };
}

describe("classifyUnanswered", () => {
  it.each(all)("%s", (operation) => {
    const disposition = operation === "acquire" ? "reacquire" : "retry";
    const starts = operation === "start" || operation === "create_converter";
    expect(classifyUnanswered(operation, true)).toEqual({ disposition, mayRun: starts });
    expect(classifyUnanswered(operation, false)).toEqual({ disposition, mayRun: false });
  });
});

describe("the transport, over HTTP", () => {
  const refusals = cases.filter(({ disposition }) => disposition !== "done");

  it("classes every answer as the table does, and says so in the log", async () => {
    const answers = refusals.map(({ status, body }) =>
      body === undefined ? text(status, "<html>") : json(status, body),
    );
    const { transport, deps } = await agora(inTurn(...(answers as [Respond, ...Respond[]])));
    for (const { operation, status, disposition, mayRun } of refusals) {
      const answer = await transport.call({ operation, method: "POST", path: ["x"], expects: z.unknown() });
      expect(answer).toMatchObject({ ok: false, disposition, mayRun, error: { operation, status } });
    }
    expect(deps.lines().map(({ status, outcome }) => [status, outcome])).toEqual(
      refusals.map(({ status, disposition }) => [status, disposition]),
    );
  });

  it("gives the body of a 200 as it was asked for, after authenticating", async () => {
    const { transport, received } = await agora(json(200, { sid: "s", more: 1 }));
    const expects = z.object({ sid: z.string() });
    const answer = await transport.call({ operation: "start", method: "POST", path: ["x"], body: {}, expects });
    expect(answer).toEqual({ ok: true, body: { sid: "s" } });
    expect(received[0]?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from("customer:customer-secret").toString("base64")}`,
      "content-type": "application/json;charset=utf-8",
    });
  });

  it("takes a 200 that it cannot read for no answer", async () => {
    const { transport } = await agora(json(200, { sid: 5 }));
    const expects = z.object({ sid: z.string() });
    const answer = await transport.call({ operation: "start", method: "POST", path: ["x"], expects });
    expect(answer).toMatchObject({
      ok: false,
      disposition: "retry",
      mayRun: true,
      error: { status: 200, code: null, message: expect.stringContaining("unexpected body (sid: ") as string },
    });
  });

  it("takes silence for a start that may run", async () => {
    const { transport } = await agora(silence, 60);
    const answer = await transport.call({ operation: "start", method: "POST", path: ["x"], expects: z.unknown() });
    expect(answer).toMatchObject({ ok: false, disposition: "retry", mayRun: true, error: { status: null } });
  });

  it.each([
    [400, service(2, "invalid parameter"), "final", true],
    [500, service(502, "Failed to allocate worker"), "reacquire", true],
    [201, service(7, "already started"), "adopt", true],
  ])(
    "takes a start for one that may run if a host before the last may have got it: %d %j",
    async (status, body, disposition, mayRun) => {
      const broken = await listen((response) => response.destroy());
      const { transport } = await agora(json(status, body), undefined, broken.url);
      const request = { method: "POST", path: ["x"], expects: z.unknown() } as const;
      const answer = await transport.call({ ...request, operation: "start" });
      expect(answer).toMatchObject({ ok: false, disposition, mayRun, error: { status } });
    },
  );

  it("takes no question for something that may run", async () => {
    const broken = await listen((response) => response.destroy());
    const { transport } = await agora(json(400, service(2, "invalid parameter")), undefined, broken.url);
    const answer = await transport.call({ operation: "query", method: "GET", path: ["x"], expects: z.unknown() });
    expect(answer).toMatchObject({ ok: false, disposition: "final", mayRun: false });
  });

  it("passes a pause on", async () => {
    const { transport, deps } = await agora(json(429, gateway("API rate limit exceeded"), { "retry-after": "6" }));
    const answer = await transport.call({ operation: "stop", method: "POST", path: ["x"], expects: z.unknown() });
    expect(answer).toMatchObject({ ok: false, disposition: "retry", retryAfterMs: 6_000 });
    expect(deps.held).toEqual([{ provider: "agora", ms: 6_000 }]);
  });

  it("keeps its credentials out of errors and log", async () => {
    const credential = Buffer.from("customer:customer-secret").toString("base64");
    const { transport, deps } = await agora(json(401, { message: `bad customer-secret ${credential}` }));
    const answer = await transport.call({ operation: "stop", method: "POST", path: ["x"], expects: z.unknown() });
    expect(answer).toMatchObject({ ok: false, error: { message: "bad [redacted] [redacted]" } });
    expect(deps.text()).not.toMatch(new RegExp(`customer-secret|${credential}`));
  });
});

/** @param before - the URL of a host that is tried before the one that responds */
async function agora(respond: Respond, timeoutMs?: number, before?: string) {
  const { url, received } = await listen(respond);
  const deps = testDeps();
  const transport = createAgoraTransport(
    {
      hosts: before === undefined ? [[url]] : [[before], [url]],
      customerId: "customer",
      customerSecret: "customer-secret",
      timeoutMs,
    },
    deps,
  );
  onTestFinished(() => transport.close());
  return { transport, received, deps };
}
