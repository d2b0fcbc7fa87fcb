import { describe, expect, it, onTestFinished } from "vitest";

import {
  createAgoraTransport,
  createCloudRecording,
  createMediaPush,
  RtmpUrl,
  StorageGrant,
} from "../../../src/providers/index.ts";
import { testDeps } from "../support/deps.ts";
import { json, listen } from "../support/http-server.ts";
import { type ClientCall, clientCalls } from "./client-calls.ts";

const appId = "0123456789abcdef0123456789abcdef";
const rtmpUrl = new RtmpUrl("rtmps://live.example.com:443/live/key");
const names = { channel: "shoes", uid: 999_042 };
const recording = { ...names, resourceId: "JyvK8nXH", recordingSid: "38f8e3cf" };
const picture = { width: 1280, height: 720, fps: 30, bitrateKbps: 2_500 };
const storage = new StorageGrant({
  vendor: 1,
  region: 0,
  bucket: "shows",
  accessKey: "storage-key",
  secretKey: "storage-secret",
  fileNamePrefix: ["tally", "427"],
});

/** The same calls, made by ours, and what it makes of the answer that Agora's clients read as success. */
const ours: Record<string, { made: (clients: Clients) => Promise<unknown>; result: object }> = {
  acquire: {
    made: ({ cloudRecording }) => cloudRecording.acquire({ ...names, resourceExpiredHour: 13 }),
    result: { ok: true, resourceId: "JyvK8nXH" },
  },
  start: {
    made: ({ cloudRecording }) =>
      cloudRecording.start({
        ...names,
        resourceId: "JyvK8nXH",
        pageUrl: "https://tally.example/stage/token",
        rtmpUrl,
        maxRecordingHour: 12,
        picture,
        storage,
      }),
    result: { ok: true, recordingSid: "38f8e3cf" },
  },
  query: {
    made: ({ cloudRecording }) => cloudRecording.query(recording),
    result: { ok: true, found: "running", rtmp: "publishing" },
  },
  update: { made: ({ cloudRecording }) => cloudRecording.updateRtmp({ ...recording, rtmpUrl }), result: { ok: true } },
  stop: { made: ({ cloudRecording }) => cloudRecording.stop(recording), result: { ok: true, outcome: "accepted" } },
  create_converter: {
    made: ({ mediaPush }) => mediaPush.create({ channel: "shoes", name: "7_42_1", rtmpUrl, picture, hosts: [501] }),
    result: { ok: true, converterId: "c0ffee00", state: "connecting" },
  },
  update_converter: {
    made: ({ mediaPush }) => mediaPush.arrange({ converterId: "c0ffee00", sequence: 3, picture, hosts: [501] }),
    result: { ok: true },
  },
  remove_converter: {
    made: ({ mediaPush }) => mediaPush.remove("c0ffee00"),
    result: { ok: true, outcome: "accepted" },
  },
};

type Clients = Awaited<ReturnType<typeof clientsOf>>["clients"];

async function clientsOf(call: ClientCall) {
  const { url, received } = await listen(call.answer === null ? (response) => response.end() : json(200, call.answer));
  const transport = createAgoraTransport({ hosts: [[url]], customerId: "c", customerSecret: "s" }, testDeps());
  onTestFinished(() => transport.close());
  const clients = {
    cloudRecording: createCloudRecording({ appId, region: "NA" }, transport),
    mediaPush: createMediaPush({ appId, region: "NA", idleTimeoutSeconds: 300 }, transport),
  };
  return { clients, received };
}

describe.each(clientCalls)("$operation, as Agora's own $client client has it", (call) => {
  it("is the same request but for the members that are accounted for, and the same answer is a success", async () => {
    const { clients, received } = await clientsOf(call);
    const mine = ours[call.operation];
    expect(await mine?.made(clients)).toEqual(mine?.result);
    expect(received).toMatchObject([{ method: call.method, url: call.url }]);
    expect(differences(call.body, received[0]?.body)).toEqual(Object.keys(call.differs ?? {}).sort());
  });
});

it("covers every call of Cloud Recording, and of Media Push those that an own client of Agora's makes", () => {
  expect(new Set(clientCalls.map(({ operation }) => operation))).toEqual(new Set(Object.keys(ours)));
});

/** Where two bodies differ: a member that one of them lacks, or that has another type or value. */
function differences(theirs: unknown, mine: unknown): string[] {
  const [a, b] = [new Map(leaves(theirs)), new Map(leaves(mine))];
  return [...new Set([...a.keys(), ...b.keys()])].filter((path) => a.get(path) !== b.get(path)).sort();
}

/** Every value of a body that has none within, by its path. */
function leaves(value: unknown, path = ""): [path: string, json: string | undefined][] {
  const inner = typeof value === "object" && value !== null ? Object.entries(value) : [];
  if (inner.length === 0) return [[path, JSON.stringify(value)]];
  return inner.flatMap(([name, member]) => leaves(member, path === "" ? name : `${path}.${name}`));
}
