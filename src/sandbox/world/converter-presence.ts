import { randomInt } from "node:crypto";

import type { Settings } from "../settings.ts";
import type { People } from "./people.ts";

/**
 * The streaming server of a converter in its channel: one of the audience (Agora docs, media-push pricing). It comes
 * only where somebody else is and leaves after the last of them, so that it keeps no channel from its end.
 */
export interface ConverterPresence {
  /** Comes, as soon as somebody is there. */
  begin(): void;
  /** Goes. @param reason - Agora's number */
  end(reason: number): void;
  /** To be called when somebody came or left. */
  look(): void;
}

export function createConverterPresence(
  { people, settings }: { people: People; settings: Settings },
  { id, channel }: { id: string; channel: string },
): ConverterPresence {
  let active = false;
  let uid: number | null = null;

  function look(): void {
    const inCompany = people.in(channel)?.people.some(({ ofConverter }) => ofConverter === undefined) ?? false;
    if (!inCompany) leave(1);
    else if (uid === null && active && settings.converters.joinsChannel) join();
  }

  function join(): void {
    // Above what people are usually given.
    uid = randomInt(4_000_000_000, 4_294_967_295);
    const clientType = settings.converters.clientType ?? undefined;
    people.join(channel, uid, "audience", { platform: 6, clientType, ofConverter: id });
  }

  function leave(reason: number): void {
    // Looked for, as the control can send it away or switch its role.
    const server = people.in(channel)?.people.find((person) => person.uid === uid);
    uid = null;
    if (server) people.leave(channel, server.uid, server.role, reason);
  }

  return {
    look,
    begin() {
      active = true;
      look();
    },
    end(reason) {
      active = false;
      leave(reason);
    },
  };
}
