import type { Status } from "@tally/client";
import { expect, it } from "vitest";

import { lightOf } from "../examples/seller-app/page/light.ts";

const reason = { code: "ingest_lost", message: "The picture does not arrive any more." } as const;
const status = (parts: Partial<Status>) =>
  ({ live: false, playable: false, reason: null, sessionId: "42-3", ...parts }) as Status;

it.each<[string, Partial<Status>]>([
  ["off", { state: "idle", sessionId: null }],
  ["off", { state: "stopped", sessionId: null, reason }],
  ["starting", { state: "starting" }],
  ["starting", { state: "recording" }],
  ["on-air", { state: "recording", live: true }],
  ["watchable", { state: "recording", live: true, playable: true }],
  // Another recorder of hers, say, can't be stopped.
  ["watchable", { state: "recording", live: true, playable: true, reason }],
  // It arrives, and nobody can watch it.
  ["trouble", { state: "recording", live: true, reason }],
  // Players stall and go on, but her picture is missing.
  ["trouble", { state: "recording", playable: true, reason }],
  ["trouble", { state: "error", reason }],
  ["ended", { state: "stopping", playable: true }],
  ["ended", { state: "stopped" }],
])("the example's light is %s for %j", (light, parts) => {
  expect(lightOf(status(parts))).toBe(light);
});
