import AgoraRTC from "agora-rtc-sdk-ng";

import { layOver } from "./lay-over.ts";
import { createReady } from "./ready.ts";
import { createScreen } from "./screen.ts";
import { connectServer } from "./server.ts";
import { stayJoined } from "./stay-joined.ts";

const noLog = 4;
AgoraRTC.setLogLevel(noLog);

const ready = createReady();
const screen = createScreen(document.querySelector("main") ?? document.body, () => ready.pictureDrawn());

void stayJoined({
  server: connectServer(),
  screen,
  onOpened: ({ hostUid, logoUrl, overlayUrl }) => {
    screen.setHost(hostUid);
    layOver(document.body, "overlay", overlayUrl);
    layOver(document.body, "logo", logoUrl);
  },
  onJoined: () => ready.joined(),
});
