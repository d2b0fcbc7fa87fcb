import { type Command, InvalidArgumentError } from "commander";

import type { AnnouncementType } from "../../live/index.ts";
import {
  announcementTypes,
  checkEndpointUrl,
  createEndpoint,
  createVault,
  UrlRefused,
} from "../../notifications/index.ts";
import { addCommand, type CommonOptions } from "../command.ts";
import { Failure } from "../failure.ts";
import type { Io } from "../io.ts";
import { type Service, withService } from "../with-service.ts";
import { printEndpoint } from "./print-endpoint.ts";

interface CreateOptions extends CommonOptions {
  events?: AnnouncementType[];
  description?: string;
}

export function addEndpointsCreate(endpoints: Command, io: Io): void {
  addCommand(endpoints, "create", {
    summary: "Have an address told, and show the secret that its notifications are signed with.",
    examples: [
      "endpoints create https://shop.example.com/tally",
      "endpoints create https://shop.example.com/hook --events live.ended",
    ],
  })
    .argument("<url>", "where notifications are sent to")
    .option("--events <names>", "only these, separated by commas", parseEvents)
    .option("--description <text>", "what it is for", parseDescription)
    .action((text: string, options: CreateOptions) =>
      withService(io, options, async (service) => {
        const url = await check(service, text);
        const vault = createVault(service.config.agora.appCertificate);
        const { events, description } = options;
        const { endpoint, secret } = await createEndpoint(service.tables, vault, { url, events, description });
        printEndpoint(io, options, endpoint, secret);
      }),
    );
}

async function check({ config }: Service, text: string): Promise<string> {
  const { production, notifications } = config;
  try {
    return await checkEndpointUrl(text, { production, allowPrivate: notifications.allowPrivate });
  } catch (error) {
    throw error instanceof UrlRefused ? new Failure(`The URL ${error.message}.`, { cause: error }) : error;
  }
}

function parseEvents(text: string): AnnouncementType[] {
  return text.split(",").map((name) => {
    const known = announcementTypes.find((type) => type === name.trim());
    if (known === undefined) throw new InvalidArgumentError(`Each must be one of ${announcementTypes.join(", ")}.`);
    return known;
  });
}

function parseDescription(text: string): string {
  if (text.length <= 500) return text;
  throw new InvalidArgumentError("It must have 500 characters at most.");
}
