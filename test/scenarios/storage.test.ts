import knex from "knex";
import { expect, onTestFinished, test } from "vitest";

import { listen, type Respond } from "../providers/support/http-server.ts";
import { dumpDatabase } from "../support/dump.ts";
import { type Evening, openEvening } from "./evening.ts";

const roleArn = "arn:aws:iam::123456789012:role/tally";

/** STS, whose keys are numbered and end so many seconds from now. */
function sts(secondsOf: (n: number) => number): Respond {
  let n = 0;
  return (response) => {
    n += 1;
    const end = new Date(Date.now() + secondsOf(n) * 1000).toISOString();
    response.writeHead(200, { "content-type": "text/xml" }).end(
      `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
        <AccessKeyId>ASIAMINTED${n}</AccessKeyId><SecretAccessKey>MINTED/secret+${n}</SecretAccessKey>
        <SessionToken>MINTED-token-${n}</SessionToken><Expiration>${end}</Expiration>
      </Credentials></AssumeRoleResult></AssumeRoleResponse>`,
    );
  };
}

async function open(overrides: Record<string, string>): Promise<Evening> {
  const evening = await openEvening(overrides);
  onTestFinished(() => evening.close());
  await evening.start();
  return evening;
}

test("a recording gets keys of a role, and others while it runs, of which the database keeps none", async () => {
  // The first end within the margin, so that others are due as soon as it runs.
  const { url, received } = await listen(sts((n) => (n === 1 ? 60 : 14_400)));
  const evening = await open({ AGORA_STORAGE_STS_ROLE_ARN: roleArn, AGORA_STORAGE_STS_ENDPOINT: url });
  evening.sandbox.control.join("channel_7", 1001, "host");
  await evening.until("channel_7", "live", ({ live }) => live);
  await evening.sandbox.control.until("other keys", ({ calls }) =>
    calls.some(({ operation, status }) => operation === "update" && status === 200),
  );
  const { calls } = evening.sandbox.control.record();
  const [start, update] = ["start", "update"].map((name) => calls.find(({ operation }) => operation === name));
  expect(start).toMatchObject({ status: 200, request: { clientRequest: { storageConfig: storageOf("7", "1") } } });
  expect(update).toMatchObject({ request: { clientRequest: { storageConfig: storageOf("7", "1") } } });
  expect(received).toHaveLength(2);

  const database = knex({ client: "pg", connection: evening.databaseUrl });
  onTestFinished(() => database.destroy());
  expect(await dumpDatabase(database)).not.toContain("MINTED");
});

test("without a storage a channel that asks for a web-page recording is told what to set", async () => {
  const none = [
    "CLOUD_RECORDING_VENDOR",
    "STORAGE_REGION",
    "STORAGE_BUCKET",
    "STORAGE_ACCESS_KEY",
    "STORAGE_SECRET_KEY",
  ];
  const unset = Object.fromEntries(none.map((name) => [`AGORA_${name}`, ""]));
  const evening = await open({ ...unset, RELAY_MODE: "media-push" });
  await evening.api("PUT", "/v1/channels/channel_8", { relayMode: "cloud-recording" });
  evening.sandbox.control.join("channel_8", 1001, "host");
  const { reason } = await evening.until("channel_8", "given up", ({ hold }) => hold?.reason === "gave_up");
  expect(reason?.message).toContain("no storage is configured: set AGORA_CLOUD_RECORDING_VENDOR");
  expect(evening.calls()).not.toContain("acquire");
});

function storageOf(...folders: string[]): object {
  return {
    vendor: 1,
    region: 5,
    bucket: "sandbox",
    stsExpiration: expect.any(Number) as number,
    fileNamePrefix: folders,
  };
}
