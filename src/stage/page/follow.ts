import type { IAgoraRTCClient, IAgoraRTCRemoteUser } from "agora-rtc-sdk-ng";

import type { Screen } from "./screen.ts";
import { createWaits, wait } from "./wait.ts";

/** Shows and plays whoever is in the channel as a host, as they come, go, and turn on and off what they send. */
export function follow(client: IAgoraRTCClient, screen: Screen): void {
  // Uids are numbers: ours is one, and all of a channel are of one kind (Agora docs: `join`).
  client.on("user-joined", ({ uid }) => screen.enter(uid as number));
  client.on("user-left", ({ uid }) => screen.leave(uid as number));
  client.on("user-published", (user, media) => {
    if (media !== "datachannel") void subscribe(client, screen, user, media);
  });
  client.on("user-unpublished", (user, media) => {
    if (media === "video") screen.show(user.uid as number, null);
  });
}

async function subscribe(
  client: IAgoraRTCClient,
  screen: Screen,
  user: IAgoraRTCRemoteUser,
  media: "audio" | "video",
): Promise<void> {
  const isPublished = () => client.remoteUsers.includes(user) && (media === "audio" ? user.hasAudio : user.hasVideo);
  for (const waits = createWaits(); isPublished(); await wait(waits.next())) {
    try {
      await client.subscribe(user, media);
      break;
    } catch {
      // The network's; what it was about may be gone by now.
    }
  }
  if (!isPublished()) return;
  if (media === "audio") user.audioTrack?.play();
  else if (user.videoTrack !== undefined) screen.show(user.uid as number, user.videoTrack);
}
