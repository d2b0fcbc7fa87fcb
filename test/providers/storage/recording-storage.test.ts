import { inspect } from "node:util";

import { describe, expect, it, onTestFinished } from "vitest";

import { createRecordingStorage, type GrantResult, type StorageSettings } from "../../../src/providers/index.ts";
import { testDeps } from "../support/deps.ts";
import { listen, refusingUrl, type Respond, silence, text } from "../support/http-server.ts";
import { assumedRole, refused, xml } from "../support/sts.ts";

const settings: StorageSettings = {
  vendor: 1,
  region: 4,
  bucket: "tally-recordings",
  accessKey: "AKIAEXAMPLE",
  secretKey: "storage/secret+key",
  endpoint: null,
  prefix: "tally/shop1",
  sts: null,
};
const of = { channelId: 42, session: 7 };

function open(given: StorageSettings | null) {
  const deps = testDeps();
  const storage = createRecordingStorage(given, deps);
  onTestFinished(() => storage.close());
  return { storage, deps };
}

function grantOf(result: GrantResult) {
  if (!result.ok) throw new Error(`refused: ${inspect(result)}`);
  return result.grant;
}

describe("with keys of its own", () => {
  it("grants them as they are, for the folders of the session, without an end", async () => {
    const { storage, deps } = open(settings);
    const grant = grantOf(await storage.grant(of));
    expect(grant.reveal()).toEqual({
      vendor: 1,
      region: 4,
      bucket: "tally-recordings",
      accessKey: "AKIAEXAMPLE",
      secretKey: "storage/secret+key",
      fileNamePrefix: ["tally", "shop1", "42", "7"],
    });
    expect(grant.until).toBeNull();
    expect(deps.lines()).toEqual([]);
  });

  it("names the endpoint of another S3, and refuses one without", async () => {
    const endpoint = "r2.example";
    const { storage } = open({ ...settings, vendor: 11, endpoint });
    expect(grantOf(await storage.grant(of)).reveal()).toMatchObject({ vendor: 11, extensionParams: { endpoint } });
    expect(() => open({ ...settings, vendor: 11 })).toThrow(
      "Storage vendor 11 needs its endpoint: set AGORA_STORAGE_ENDPOINT",
    );
  });

  it("shows them to nobody who prints or serializes the grant", async () => {
    const { storage } = open(settings);
    const grant = grantOf(await storage.grant(of));
    expect([inspect(grant), JSON.stringify(grant), String(grant)]).toEqual([
      "[redacted]",
      '"[redacted]"',
      "[redacted]",
    ]);
  });
});

it("without any storage refuses for good, and says what to set", async () => {
  const { storage } = open(null);
  expect(await storage.grant(of)).toMatchObject({
    ok: false,
    final: true,
    error: { provider: "storage", message: expect.stringContaining("AGORA_CLOUD_RECORDING_VENDOR") as string },
  });
});

describe("with a role", () => {
  const roleArn = "arn:aws:iam::123456789012:role/tally-recordings";
  const end = "2026-11-24T22:00:00Z";
  const assumed = assumedRole(end);

  async function withRole(respond: Respond, given: { endpoint?: string; timeoutMs?: number; arn?: string } = {}) {
    const { url, received } = await listen(respond);
    const sts = {
      roleArn: given.arn ?? roleArn,
      region: "eu-west-1",
      endpoint: given.endpoint ?? url,
      externalId: "shop-17",
      lifetimeMs: 14_400_000,
      timeoutMs: given.timeoutMs,
    };
    return { ...open({ ...settings, sts }), received };
  }

  it("asks for keys that may write this session's files and nothing else, and grants those", async () => {
    const { storage, received, deps } = await withRole(assumed);
    const grant = grantOf(await storage.grant(of, { context: { channel: "shoes" } }));
    expect(grant.reveal()).toMatchObject({
      accessKey: "ASIATEMPORARY",
      secretKey: "temporary/secret",
      stsToken: "FwoGZXIvYXdz+token==",
      stsExpiration: Date.parse(end) / 1000,
      fileNamePrefix: ["tally", "shop1", "42", "7"],
    });
    expect(grant.until).toBe(Date.parse(end));

    expect(received).toHaveLength(1);
    const asked = new URLSearchParams(received[0]?.body as string);
    expect(Object.fromEntries(asked)).toMatchObject({
      Action: "AssumeRole",
      RoleArn: roleArn,
      RoleSessionName: "tally-42-7",
      DurationSeconds: "14400",
      ExternalId: "shop-17",
    });
    expect(JSON.parse(asked.get("Policy") ?? "")).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
          Resource: ["arn:aws:s3:::tally-recordings/tally/shop1/42/7/*"],
        },
      ],
    });
    expect(received[0]?.headers.authorization).toMatch(/Credential=AKIAEXAMPLE\/\d+\/eu-west-1\/sts\//);

    expect(deps.lines()).toMatchObject([
      { msg: "provider.called", provider: "storage", operation: "assume_role", status: 200, outcome: "done" },
    ]);
    expect(deps.lines()[0]).toMatchObject({ channel: "shoes" });
    const context = { channel: "shoes" };
    const request = { sessionName: "tally-42-7", policy: asked.get("Policy") };
    expect(deps.calls).toMatchObject([
      { context, provider: "storage", operation: "assume_role", request, ended: null },
      { context, request, ended: { status: 200, outcome: "done", response: null } },
    ]);
    for (const secret of grant.secrets) expect(deps.text() + JSON.stringify(deps.calls)).not.toContain(secret);
  });

  it("names the bucket in China's partition when the role is there", async () => {
    const { storage, received } = await withRole(assumed, { arn: roleArn.replace("arn:aws:", "arn:aws-cn:") });
    await storage.grant(of);
    const policy = new URLSearchParams(received[0]?.body as string).get("Policy");
    expect(policy).toContain('"arn:aws-cn:s3:::tally-recordings/');
  });

  it.each([
    ["access is denied", refused(403, "AccessDenied", "not authorized: AKIAEXAMPLE"), true],
    ["the policy is bad", refused(400, "MalformedPolicyDocument", "no"), true],
    ["the role allows no such time", refused(400, "ValidationError", "DurationSeconds exceeds the maximum"), true],
    ["too much is asked", refused(400, "Throttling", "Rate exceeded"), false],
    ["too much is asked, 429", refused(429, "TooManyRequestsException", "Rate exceeded"), false],
    ["its clock is another", refused(403, "RequestTimeTooSkewed", "too skewed"), false],
    ["STS is broken", refused(500, "InternalFailure", "sorry"), false],
    ["it answers nothing that can be read", text(200, "<html>"), false],
    ["it answers without keys", xml(200, "<AssumeRoleResponse><AssumeRoleResult/></AssumeRoleResponse>"), false],
  ])("when %s, says so once and whether to try again", async (_, respond, final) => {
    const { storage, received, deps } = await withRole(respond);
    const answer = await storage.grant(of);
    expect(answer).toMatchObject({ ok: false, final, error: { provider: "storage", operation: "assume_role" } });
    expect(received).toHaveLength(1);
    expect(deps.lines()).toMatchObject([{ msg: "provider.called", outcome: final ? "final" : "retry" }]);
    expect(deps.calls.at(-1)?.ended).toMatchObject({ outcome: final ? "final" : "retry", response: null });
    expect(JSON.stringify([answer, deps.calls]) + deps.text()).not.toContain("AKIAEXAMPLE");
  });

  it("tells the code and the status of a refusal", async () => {
    const { storage } = await withRole(refused(403, "AccessDenied", "may not assume it"));
    expect(await storage.grant(of)).toMatchObject({
      error: { status: 403, code: "AccessDenied", message: "may not assume it" },
    });
  });

  it("doesn't wait for ever, and takes silence and a closed port for something to try again", async () => {
    const { storage } = await withRole(silence, { timeoutMs: 50 });
    const unanswered = { ok: false, final: false, error: { status: null, code: null } };
    expect(await storage.grant(of)).toMatchObject({
      ...unanswered,
      error: { message: "no answer within 50 ms" },
    });
    const closed = await withRole(silence, { endpoint: await refusingUrl() });
    expect(await closed.storage.grant(of)).toMatchObject({
      ...unanswered,
      error: { message: "no answer: ECONNREFUSED" },
    });
  });
});
