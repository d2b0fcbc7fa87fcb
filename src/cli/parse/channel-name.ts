import { InvalidArgumentError } from "commander";

import { isChannelName } from "../../eventlog/index.ts";

/** A name that a channel can have at Agora. @throws {InvalidArgumentError} if it can't */
export function parseChannelName(text: string): string {
  if (isChannelName(text)) return text;
  throw new InvalidArgumentError(
    "Agora takes 1 to 64 letters, digits, spaces and any of !#$%&()+-:;<=.>?@[]^_{}|~, (not . or ..).",
  );
}
