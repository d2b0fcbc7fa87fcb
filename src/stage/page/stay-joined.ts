import AgoraRTC from "agora-rtc-sdk-ng";

import type { StageCredentials } from "../credentials.ts";
import { follow } from "./follow.ts";
import { keepToken } from "./keep-token.ts";
import type { Screen } from "./screen.ts";
import type { Server } from "./server.ts";
import { createWaits, wait } from "./wait.ts";

export interface Stage {
  server: Server;
  screen: Screen;
  /** Called with the credentials of each join, before it. */
  onOpened: (credentials: StageCredentials) => void;
  onJoined: () => void;
}

/**
 * Is in the channel whenever that is possible: asks for credentials, joins, and begins anew when the connection is lost
 * for good. Meanwhile the card is shown, and never a word about what is wrong: it would be in the film.
 */
export async function stayJoined(stage: Stage): Promise<never> {
  for (let waits = createWaits(); ; await wait(waits.next())) {
    try {
      const credentials = await stage.server.credentialsToJoin();
      stage.onOpened(credentials);
      await visit(stage, credentials, () => (waits = createWaits()));
    } catch {
      // Open elsewhere, not let in, or not reached: any of them may pass.
    }
  }
}

/** A dead connection may keep its last words. */
const leaveMs = 3_000;

/** Joins, and resolves when the channel is lost. @throws whatever keeps it from being joined */
async function visit(
  { server, screen, onJoined }: Stage,
  credentials: StageCredentials,
  succeeded: () => void,
): Promise<void> {
  const { appId, channel, rtcToken, uid } = credentials;
  const client = AgoraRTC.createClient({ mode: "live", codec: "vp8", role: "audience" });
  const left = new AbortController();
  const lost = new Promise<void>((resolve) => {
    client.on("connection-state-change", (state) => {
      if (state === "DISCONNECTED") resolve();
    });
    client.on("token-privilege-did-expire", () => resolve());
  });
  try {
    follow(client, screen);
    await client.join(appId, channel, rtcToken, uid);
    succeeded();
    onJoined();
    void keepToken(client, server, left.signal);
    await lost;
  } finally {
    left.abort();
    client.removeAllListeners();
    screen.clear();
    await Promise.race([client.leave().catch(() => undefined), wait(leaveMs)]);
  }
}
