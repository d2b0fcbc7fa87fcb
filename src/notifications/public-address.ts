import { lookup as systemLookup } from "node:dns";
import type { LookupFunction } from "node:net";

import ipaddr from "ipaddr.js";

/** Azure's, in the midst of public ones, answers its own machines only. Other clouds' metadata is link-local or the like. */
const metadata = ["168.63.129.16"];

/**
 * Whether an address is one of the open internet: not private, loopback, link-local, shared (CGNAT), multicast, reserved,
 * nor an IPv6 one that stands for an IPv4 one.
 *
 * @param address - without brackets
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address) || metadata.includes(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== "unicast") return false;
  // What isn't assigned passes for unicast too.
  return parsed.kind() === "ipv4" || parsed.match(ipaddr.parse("2000::"), 3);
}

/** The code of the error for a name that leads to such an address. */
export const notPublic = "ERR_NOT_PUBLIC";

/**
 * For the connections of an agent: the addresses that it connects to are the ones that were looked at, so that a name
 * can't change its mind between a check and its use (DNS rebinding). One that isn't public spoils them all.
 */
export function publicOnly(resolve: LookupFunction = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      const addresses = Array.isArray(found) ? found : [];
      const [first] = addresses;
      if (error !== null || first === undefined) callback(error ?? noAddress(hostname), []);
      else if (!addresses.every(({ address }) => isPublicAddress(address))) callback(refusal(), []);
      else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function refusal(): NodeJS.ErrnoException {
  return Object.assign(new Error("the address is not a public one"), { code: notPublic });
}

function noAddress(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} has no address`), { code: "ENOTFOUND" });
}
