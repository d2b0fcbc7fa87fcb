import { expect, it } from "vitest";

import { ingestState } from "../../../src/providers/cloudflare/ingest-state.ts";

it.each([
  [null, "disconnected"],
  ["connected", "connected"],
  ["reconnected", "connected"],
  ["new_configuration_accepted", "connected"],
  ["reconnecting", "disconnected"],
  ["client_disconnect", "disconnected"],
  ["ttl_exceeded", "disconnected"],
  ["failed_to_connect", "disconnected"],
  ["failed_to_reconnect", "disconnected"],
  [{ current: { state: "connected", reason: null, ingestProtocol: "rtmps" }, history: [] }, "connected"],
  [{ current: { state: "disconnected", reason: "clientDisconnect" } }, "disconnected"],
  [{ current: { state: "errored", reason: "badRequest" } }, "errored"],
  [{ current: { state: "brand new" } }, "unknown"],
  [{ current: null }, "unknown"],
  ["Connected?", "unknown"],
  ["constructor", "unknown"],
  [undefined, "unknown"],
  [7, "unknown"],
])("%j is %s", (status, state) => {
  expect(ingestState(status)).toBe(state);
});
