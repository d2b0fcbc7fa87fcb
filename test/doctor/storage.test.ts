import { expect, it, onTestFinished } from "vitest";

import { checkStorage } from "../../src/doctor/agora.ts";
import { createRecordingStorage, type StorageSettings } from "../../src/providers/index.ts";
import { testDeps } from "../providers/support/deps.ts";
import { listen, type Respond } from "../providers/support/http-server.ts";
import { assumedRole, refused } from "../providers/support/sts.ts";

const key = { accessKey: "AKIAEXAMPLE", secretKey: "secret", endpoint: null, prefix: "tally" };
const withoutRole: StorageSettings = { vendor: 1, region: 4, bucket: "tally-recordings", ...key, sts: null };

function check(settings: StorageSettings | null) {
  const storage = createRecordingStorage(settings, testDeps());
  onTestFinished(() => storage.close());
  return checkStorage(settings, storage);
}

async function checkWithRole(respond: Respond) {
  const { url: endpoint } = await listen(respond);
  const roleArn = "arn:aws:iam::123456789012:role/tally-recordings";
  const sts = { roleArn, region: "eu-west-1", endpoint, externalId: "shop-17", lifetimeMs: 14_400_000 };
  return check({ ...withoutRole, sts });
}

it("no storage is no fault, and a plain key is tried by nothing that is free", async () => {
  expect(await check(null)).toMatchObject({ state: "skipped", says: expect.stringContaining("Media Push") as string });
  expect(await check(withoutRole)).toMatchObject({
    state: "ok",
    says: expect.stringContaining("only a recording tells") as string,
  });
});

it("a role that gives keys is well", async () => {
  expect(await checkWithRole(assumedRole("2026-11-24T22:00:00Z"))).toEqual({
    state: "ok",
    says: "bucket tally-recordings, the role gives short-lived keys",
    todo: null,
  });
});

it("a role that gives none is a failure, in the provider's words and with what its policy must allow", async () => {
  const found = await checkWithRole(refused(403, "AccessDenied", "User is not authorized to perform: sts:AssumeRole"));
  expect(found).toMatchObject({ state: "failed", todo: expect.stringContaining("trust policy") as string });
  expect(found.says).toMatch(/^the role gives no keys: .*not authorized to perform: sts:AssumeRole/);
});
