import type { IAgoraRTCClient } from "agora-rtc-sdk-ng";

import type { Server } from "./server.ts";
import { createWaits, wait } from "./wait.ts";

/**
 * Renews the token while the channel is joined: well before its end, and at once when Agora says that it is near. A
 * server that can't be reached is asked again; until the token's end nothing is missing.
 *
 * @param stopped - aborted when the channel is left
 */
export async function keepToken(client: IAgoraRTCClient, server: Server, stopped: AbortSignal): Promise<void> {
  let due = new AbortController();
  client.on("token-privilege-will-expire", () => due.abort());
  for (;;) {
    await wait(server.msToRenewal(), due.signal, stopped);
    for (const waits = createWaits(); !stopped.aborted; await wait(waits.next(), stopped)) {
      try {
        const { rtcToken } = await server.credentials();
        await client.renewToken(rtcToken);
        break;
      } catch {
        // Asked again.
      }
    }
    if (stopped.aborted) return;
    due = new AbortController();
  }
}
