import { lookup } from "node:dns/promises";

import { isPublicAddress } from "../../../notifications/index.ts";
import { reasonOf } from "../../../reason-of.ts";
import { Failure } from "../../failure.ts";

/** Another Tally. */
export interface Target {
  /** Without a slash at the end. */
  url: string;
  /** Whether some of its addresses are on the open internet. */
  isPublic: boolean;
}

/**
 * @param url - http or https, as an option's parser leaves it
 * @param publicUrl - this service's
 * @throws {Failure} if it is this service, has a user in it, or can't be found
 */
export async function findTarget(url: string, publicUrl: string): Promise<Target> {
  const { origin, hostname, username, password } = new URL(url);
  if (origin === new URL(publicUrl).origin) {
    throw new Failure(
      "Nothing was sent: --to is this service itself (PUBLIC_URL), which has these events. " +
        'To process them again here leave out --to: "tally events replay".',
    );
  }
  if (username + password !== "") {
    throw new Failure("Nothing was sent: --to must have no user or password in it.");
  }
  const host = hostname.replace(/^\[|\]$/g, "");
  try {
    const addresses = await lookup(host, { all: true });
    return { url, isPublic: addresses.some(({ address }) => isPublicAddress(address)) };
  } catch (error) {
    throw new Failure(`Nothing was sent: ${host} can't be found: ${reasonOf(error)}.`, { cause: error });
  }
}
