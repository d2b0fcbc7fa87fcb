import type { Command } from "commander";

import type { Io } from "../io.ts";
import { addChannelsCatchUp } from "./catch-up.ts";
import { addChannelsCheck } from "./check.ts";
import { addChannelsList } from "./list.ts";
import { addChannelsRebuild } from "./rebuild.ts";
import { addChannelsRegister } from "./register.ts";
import { addChannelsRelease } from "./release.ts";
import { addChannelsShow } from "./show.ts";

export function addChannels(program: Command, io: Io): void {
  const channels = program.command("channels").description("Who is on the air, and if not, why not.");
  addChannelsList(channels, io);
  addChannelsShow(channels, io);
  addChannelsRegister(channels, io);
  addChannelsRelease(channels, io);
  addChannelsRebuild(channels, io);
  addChannelsCheck(channels, io);
  addChannelsCatchUp(channels, io);
}
