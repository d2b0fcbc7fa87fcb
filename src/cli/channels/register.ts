import { type Command, InvalidArgumentError, Option } from "commander";

import {
  claimStrays,
  registerAs,
  type Registered,
  type Registration,
  RegistrationRefused,
} from "../../eventlog/index.ts";
import type { RelayMode } from "../../live/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import { Failure } from "../failure.ts";
import type { Io } from "../io.ts";
import { parseChannelName } from "../parse/channel-name.ts";
import { none, whole, wholeOrNone } from "../parse/whole.ts";
import { advanceChannels } from "../store/advance-channels.ts";
import { whoami } from "../whoami.ts";
import { type Service, withService } from "../with-service.ts";
import { printOutcome } from "./print-outcome.ts";

interface RegisterOptions extends CommonOptions {
  id?: number;
  hostUid?: number | typeof none;
  hostUserId?: string;
  relayMode?: RelayMode | typeof none;
}

const relayModes = ["cloud-recording", "media-push"] satisfies RelayMode[];

export function addChannelsRegister(channels: Command, io: Io): void {
  addCommand(channels, "register", {
    summary: "Make a channel known, or change how it is registered.",
    details:
      "What isn't named stays as it is; none clears it. Events that came for the channel within the last hour, before " +
      "it was known, are acted upon.",
    examples: [
      "channels register channel_42",
      "channels register shop-7 --id 7 --host-uid 1001 --host-user-id shop7",
      "channels register shop-7 --host-uid none --relay-mode media-push",
    ],
  })
    .argument("<name>", "the channel's name at Agora", parseChannelName)
    .option("--id <number>", "its id, for a new channel only", whole(1, 900_000_000))
    .option("--host-uid <uid>", "only this uid is its host", wholeOrNone(1, 0xffff_ffff))
    .option("--host-user-id <text>", "the app's id of the host, for the app alone", parseUserId)
    .addOption(new Option("--relay-mode <mode>", "what carries its picture").choices([...relayModes, none]))
    .action((name: string, options: RegisterOptions) =>
      withService(io, options, async (service) => {
        const { channelId } = await register(service, name, registrationOf(options));
        const strays = await claimStrays(service.tables, { kind: "channel", key: name });
        await advanceChannels(service, new Set([channelId, ...strays]));
        await printOutcome(io, options, service, { name, words: `is registered with id ${channelId}` });
      }),
    );
}

async function register({ tables }: Service, name: string, wanted: Registration): Promise<Registered> {
  try {
    return await registerAs(tables, name, wanted, whoami());
  } catch (error) {
    throw error instanceof RegistrationRefused ? new Failure(error.message) : error;
  }
}

function registrationOf({ id, hostUid, hostUserId, relayMode }: RegisterOptions): Registration {
  return {
    ...(id !== undefined && { id }),
    ...(hostUid !== undefined && { hostUid: hostUid === none ? null : hostUid }),
    ...(hostUserId !== undefined && { hostUserId: hostUserId === none ? null : hostUserId }),
    ...(relayMode !== undefined && { relayMode: relayMode === none ? null : relayMode }),
  };
}

function parseUserId(text: string): string {
  if (text.length >= 1 && text.length <= 200) return text;
  throw new InvalidArgumentError("It must have 1 to 200 characters.");
}
